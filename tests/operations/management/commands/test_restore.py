"""`manage.py restore`: what it checks before it changes anything."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from accounts.models import User
from operations.backup.create import back_up
from tests.operations.backup.archives import write_archive

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
    path = write_archive(tmp_path / "backup.zip", {"database.dump": b"PGDMP" * 1000})
    with pytest.raises(CommandError, match="pg_restore failed"):
        call_command("restore", path, check=check)
    (tmp_path / "empty.zip").touch()
    with pytest.raises(CommandError, match="is not a backup, or it was cut off"):
        call_command("restore", tmp_path / "empty.zip", check=check)
    with pytest.raises(CommandError, match="No such file"):
        call_command("restore", tmp_path / "missing.zip", check=check)


def test_a_newer_backup_is_refused(tmp_path: Path) -> None:
    path = write_archive(tmp_path / "backup.zip", program="99.0")
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


def test_a_data_dir_that_is_not_that_of_the_settings_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="--data-dir works on the command line only"):
        call_command("restore", tmp_path / "backup.zip", data_dir=tmp_path)
