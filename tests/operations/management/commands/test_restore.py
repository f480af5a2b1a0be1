"""`manage.py restore`: what it checks before it changes anything."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from accounts.models import User
from operations.backup.create import back_up
from operations.up.preflight import lock_data_directory
from tests.operations.backup.backup_files import write_backup_file

pytestmark = pytest.mark.django_db(transaction=True)


def test_check_proves_that_a_backup_is_whole_and_shows_its_contents(
    alice: User, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    back_up(tmp_path / "backup.zip")
    call_command("restore", tmp_path / "backup.zip", check=True)
    output = capsys.readouterr().out
    assert "The backup is whole." in output
    assert "without secrets" in output
    assert "  accounts_user: 1\n" in output


@pytest.mark.parametrize("check", [True, False])
def test_a_damaged_backup_is_refused(tmp_path: Path, check: bool) -> None:
    path = write_backup_file(tmp_path / "backup.zip", {"database.dump": b"PGDMP" * 1000})
    with pytest.raises(CommandError, match="pg_restore failed"):
        call_command("restore", path, check=check)
    (tmp_path / "empty.zip").touch()
    with pytest.raises(CommandError, match="is not a backup, or it was cut off"):
        call_command("restore", tmp_path / "empty.zip", check=check)
    with pytest.raises(CommandError, match="No such file"):
        call_command("restore", tmp_path / "missing.zip", check=check)


def test_a_newer_backup_is_refused(tmp_path: Path) -> None:
    path = write_backup_file(tmp_path / "backup.zip", program="99.0")
    with pytest.raises(CommandError, match=r"MemoryLoop 99\.0 made this backup"):
        call_command("restore", path)


def test_a_wrong_passphrase_is_refused_before_anything_changes(tmp_path: Path, settings: Settings) -> None:
    settings.DATA_DIR = tmp_path / "data"
    back_up(tmp_path / "backup.zip", passphrase="correct horse battery")
    for passphrase, message in (("", "Set BACKUP_PASSPHRASE"), ("wrong horse battery", "is not the passphrase")):
        settings.BACKUP_PASSPHRASE = passphrase
        with pytest.raises(CommandError, match=message):
            call_command("restore", tmp_path / "backup.zip")
    assert not settings.DATA_DIR.exists()


def test_a_database_with_tables_is_not_overwritten(
    alice: User, tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DATA_DIR = tmp_path / "data"
    monkeypatch.setenv("DATABASE_URL", "postgresql://the-database-of-the-test")
    back_up(tmp_path / "backup.zip")
    with pytest.raises(CommandError, match=r"The database at DATABASE_URL already has \d+ tables, .* Create an empty"):
        call_command("restore", tmp_path / "backup.zip")
    assert User.objects.get() == alice


def test_a_server_that_runs_is_not_restored_into(tmp_path: Path, settings: Settings) -> None:
    settings.DATA_DIR = tmp_path / "data"
    back_up(tmp_path / "backup.zip")
    with lock_data_directory(settings.DATA_DIR), pytest.raises(CommandError, match="MemoryLoop already runs on"):
        call_command("restore", tmp_path / "backup.zip")


@pytest.mark.parametrize("until", ["yesterday", "2026-03-01T12:00:00"])
def test_a_moment_needs_a_time_and_its_zone(tmp_path: Path, until: str) -> None:
    with pytest.raises(CommandError, match="--until"):
        call_command("restore", str(tmp_path), "--until", until)


def test_a_data_dir_that_is_not_that_of_the_settings_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="--data-dir works on the command line only"):
        call_command("restore", tmp_path / "backup.zip", data_dir=tmp_path)
