"""The drill: a server is killed and its directory is lost; another one recovers what the archive has."""

import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from pytest_django import Settings

from base.configuration.data_directory import socket_dir
from operations.backup.errors import BackupError
from operations.backup.point_in_time import receiver
from operations.backup.point_in_time.maintenance import make_base_backup
from operations.backup.point_in_time.recovery import recovered_database
from operations.up.programs import wait_or_kill
from operations.up.servers import start_postgres
from tests.servers import FAST
from tests.waiting import wait_until

pytestmark = pytest.mark.slow

Connection = psycopg.Connection[Any]

CAUGHT_UP = "SELECT bool_and(flush_lsn >= pg_current_wal_lsn()) FROM pg_stat_replication"


def connect(data_dir: Path) -> Connection:
    sockets = str(socket_dir(data_dir, "postgres"))
    return psycopg.connect(host=sockets, user="postgres", dbname="memoryloop", autocommit=True)


@contextmanager
def archiving_server(data_dir: Path, archive: Path) -> Iterator[Connection]:
    """An embedded server whose log is archived. Both are killed at the end, as in a power cut."""
    server = start_postgres(data_dir, options=(*FAST, *receiver.OPTIONS))
    program = receiver.receiver(archive, data_dir, socket_dir(data_dir, "postgres")).start()
    try:
        with connect(data_dir) as database:
            yield database
            wait_until(lambda: database.execute(CAUGHT_UP).fetchone() == (True,))
    finally:
        program.kill()
        program.wait()
        assert server.process
        server.process.send_signal(signal.SIGQUIT)  # SIGKILL would leave its shared memory behind
        wait_or_kill(server.process, 10)


def numbers(data_dir: Path) -> list[int]:
    with connect(data_dir) as database:
        return [number for (number,) in database.execute("SELECT number FROM written ORDER BY number").fetchall()]


def test_a_lost_server_is_recovered_at_any_moment(
    short_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "")
    data_dir, archive = short_path / "lost", short_path / "archive"
    with archiving_server(data_dir, archive) as database:
        database.execute("CREATE TABLE written (number int)")
        parameters = {"host": str(socket_dir(data_dir, "postgres")), "user": "postgres"}
        make_base_backup(archive, parameters, at=datetime.now(UTC) - timedelta(seconds=1))
        database.execute("INSERT INTO written SELECT generate_series(1, 500)")
        moment = database.execute("SELECT clock_timestamp()").fetchall()[0][0]
        database.execute("SELECT pg_switch_wal()")
        for number in range(501, 521):
            database.execute("INSERT INTO written VALUES (%s)", [number])
    shutil.rmtree(data_dir)

    settings.DATA_DIR = short_path / "end"
    with recovered_database(archive, None):
        assert numbers(settings.DATA_DIR) == list(range(1, 521))
    settings.DATA_DIR = short_path / "then"
    with recovered_database(archive, moment):
        assert numbers(settings.DATA_DIR) == list(range(1, 501))
        with connect(settings.DATA_DIR) as database:
            database.execute("INSERT INTO written VALUES (0)")

    with pytest.raises(BackupError, match="postgres exists already"), recovered_database(archive, moment):
        pass
    settings.DATA_DIR = short_path / "never"
    with pytest.raises(BackupError, match=r"recovery target was reached .* choose an earlier one"):
        recover(archive, moment + timedelta(days=1))
    assert not (settings.DATA_DIR / "postgres").exists()
    with pytest.raises(BackupError, match="has no base backup from before"):
        recover(archive, moment - timedelta(days=1))


def recover(archive: Path, until: datetime) -> None:
    with recovered_database(archive, until):
        pass


def test_a_server_of_ones_own_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://loop@db/loop")
    with pytest.raises(BackupError, match="Unset DATABASE_URL"), recovered_database(tmp_path, None):
        pass
