"""Base backups are made and old ones deleted; a gap in the log ends an archive, which can still be used."""

from pathlib import Path

import psycopg
import pytest
from pytest_django import Settings

from base.configuration.data_directory import socket_dir
from base.postgresql.roles import create_roles
from operations.backup.point_in_time.archive import base_backups
from operations.backup.point_in_time.maintenance import maintain_archive
from operations.backup.point_in_time.receiver import receiver
from operations.up.servers import start_postgres
from tests.operations.backup.commands import embedded, manage
from tests.servers import FAST
from tests.waiting import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

# The receiver does not run, and PostgreSQL keeps less of the log for it than is written.
MAKE_A_GAP = """
from operations.backup.database.ownership import connected_as_owner
from operations.backup.point_in_time.maintenance import current_slot, maintain_archive
maintain_archive()
with connected_as_owner() as owner, owner.cursor() as cursor:
    for _ in range(6):
        cursor.execute("SELECT pg_logical_emit_message(false, 'x', 'y'), pg_switch_wal()")
    cursor.execute("CHECKPOINT")
print(current_slot().lost)
maintain_archive()
print(current_slot().lost)
"""


def begin_and_kill_receiver(data_dir: Path, archive: Path) -> None:
    """From its first connection on, PostgreSQL keeps the log for it."""
    sockets = socket_dir(data_dir, "postgres")
    process = receiver(archive, data_dir, sockets).start()
    with psycopg.connect(host=str(sockets), user="postgres", dbname="memoryloop", autocommit=True) as database:
        create_roles(database.cursor())  # the program signs in with one
        reserved = "SELECT restart_lsn IS NOT NULL FROM pg_replication_slots"
        wait_until(lambda: database.execute(reserved).fetchone() == (True,))
    process.kill()
    process.wait()


def test_after_a_gap_in_the_log_a_new_archive_begins(short_path: Path) -> None:
    data_dir, archive = short_path / "data", short_path / "archive"
    server = start_postgres(data_dir, options=(*FAST, "-c", "max_slot_wal_keep_size=40MB", "-c", "max_wal_size=32MB"))
    try:
        begin_and_kill_receiver(data_dir, archive)
        variables = {**embedded(), "DATA_DIR": str(data_dir), "POINT_IN_TIME_DIR": str(archive)}
        finished = manage("shell", "--no-imports", "-c", MAKE_A_GAP, **variables)
    finally:
        server.stop()
    assert finished.stdout == "True\nFalse\n", finished.stderr
    assert "has a gap, because it could not be written. A new archive begins." in finished.stderr
    [ended] = archive.glob("ended-*")
    assert len(base_backups(ended)) == len(base_backups(archive)) == 1


def test_without_an_archive_nothing_is_done(settings: Settings) -> None:
    settings.POINT_IN_TIME_DIR = ""
    maintain_archive()


def test_a_failure_is_logged_and_tried_again(
    settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings.POINT_IN_TIME_DIR = str(tmp_path / "file" / "archive")
    (tmp_path / "file").touch()
    maintain_archive()
    assert f"The archive in {settings.POINT_IN_TIME_DIR} can't be maintained." in caplog.text
