"""Recovers a server as it was at a moment, from a base backup and the write-ahead log after it."""

import os
import pwd
import shutil
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connection

from base.configuration import environment
from base.configuration.data_directory import socket_dir
from operations.backup.errors import BackupError
from operations.backup.point_in_time.archive import BaseBackup, base_backups, segments_from
from operations.up.orphans import stop_orphaned_processes
from operations.up.preflight import lock_data_directory
from operations.up.servers import ACCOUNT, Server, ServerStartError, postgres

# The log is in PostgreSQL's own directory already. Without hot_standby, the lost server may have had other limits, such
# as max_connections, and connections are refused until the recovery is complete.
OPTIONS = ("-c", "restore_command=false", "-c", "recovery_target_action=promote", "-c", "hot_standby=off")
CHECK_EVERY = 0.2  # seconds


@contextmanager
def recovered_database(archive: Path, until: datetime | None) -> Iterator[BaseBackup]:
    """The embedded server of DATA_DIR, recovered; it runs during the block. Without `until`, to the end of the log.

    Raises BackupError, and StartupError while MemoryLoop runs on DATA_DIR.
    """
    if environment.text("DATABASE_URL", default=""):
        raise BackupError("Point-in-time recovery is for the embedded server. Unset DATABASE_URL.")
    base = _choose(archive, until)
    with lock_data_directory(settings.DATA_DIR):
        stop_orphaned_processes(settings.DATA_DIR)
        home = settings.DATA_DIR / "postgres"
        if home.exists():
            raise BackupError(f"{home} exists already. Choose an empty directory with --data-dir.")
        _place_files(base, archive, home)
        server = _recover(until)
        try:
            yield base
        finally:
            connection.close()
            server.stop()


def _recover(until: datetime | None) -> Server:
    """Start PostgreSQL, and wait until it has applied the log and accepts changes. Raises BackupError."""
    options = [*OPTIONS, "-c", f"recovery_target_time={until.isoformat()}"] if until else OPTIONS
    server = postgres(settings.DATA_DIR, options=options)
    server.start()
    try:
        _wait_for_recovery(server)
    except ServerStartError as error:
        shutil.rmtree(settings.DATA_DIR / "postgres")
        advice = "The log may end before that time: choose an earlier one, or leave out --until." if until else ""
        raise BackupError(f"PostgreSQL could not recover. {error} {advice}".strip()) from None
    return server


def _choose(archive: Path, until: datetime | None) -> BaseBackup:
    """The newest base backup that was complete at that time. Raises BackupError."""
    bases = [base for base in base_backups(archive) if until is None or base.made_at < until]
    if not bases:
        wanted = f" from before {until:%Y-%m-%d %H:%M:%S %Z}" if until else ""
        raise BackupError(f"{archive} has no base backup{wanted}. Choose another directory or a later time.")
    return bases[-1]


def _place_files(base: BaseBackup, archive: Path, home: Path) -> None:
    """Unpack the base backup and add the log. The directory gets its name when all of it is there."""
    unfinished = home.with_name("postgres.recovering")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True, mode=0o700)
    for name, target in (("base.tar.gz", unfinished), ("pg_wal.tar.gz", unfinished / "pg_wal")):
        with tarfile.open(base.path / name) as files:
            # The attribute and not the argument, which Python before 3.11.4 does not have.
            files.extraction_filter = getattr(tarfile, "data_filter", None)
            for member in files:
                files.extract(member, target)
    for segment in segments_from(archive, base.first_segment):
        # The last segment is not full yet.
        shutil.copyfile(segment, unfinished / "pg_wal" / segment.name.removesuffix(".partial"))
    (unfinished / "recovery.signal").touch()
    for path in (unfinished, *unfinished.rglob("*")):
        path.chmod(0o700 if path.is_dir() else 0o600)
        _give_to_postgresql(path)
    unfinished.rename(home)


def _give_to_postgresql(path: Path) -> None:
    """As root, PostgreSQL runs under another account."""
    if os.geteuid() == 0:
        account = pwd.getpwnam(ACCOUNT)
        os.chown(path, account.pw_uid, account.pw_gid)


def _wait_for_recovery(server: Server) -> None:
    """Wait as long as it takes. Raises ServerStartError with the reason when PostgreSQL exits."""
    sockets = str(socket_dir(settings.DATA_DIR, "postgres"))
    while True:
        try:
            psycopg.connect(host=sockets, user="postgres", dbname="memoryloop").close()
            return
        except psycopg.OperationalError:
            if server.process and server.process.poll() is not None:
                server.wait()
            time.sleep(CHECK_EVERY)
