"""`manage.py backup` as an operator uses it."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from operations.backup.database.verification import verify
from operations.backup.files.backup_file import BackupFile
from operations.models import Backup
from tests.operations.backup.commands import manage_into

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_prints_the_path_of_a_verified_backup_and_what_is_not_in_it(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.BACKUP_DIR = str(tmp_path / "backups")
    call_command("backup")
    output, messages = capsys.readouterr()
    path = Path(output.strip())
    assert path.parent == tmp_path / "backups"
    assert "Verified: " in messages
    assert "This backup does not contain the secrets." in messages
    assert Backup.objects.get().file == str(path)
    with BackupFile(path) as backup:
        verify(backup)


def test_keep_deletes_older_backups_and_needs_a_directory(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("backup", to=str(tmp_path), keep=1)
    [first] = tmp_path.iterdir()
    first.rename(tmp_path / "memoryloop-20260101T000000Z.zip")
    call_command("backup", to=str(tmp_path), keep=1)
    assert len(list(tmp_path.iterdir())) == 1
    assert "Deleted 1 older backups." in capsys.readouterr().err
    for to in (str(tmp_path / "new.zip"), "-"):
        with pytest.raises(CommandError, match="--keep deletes files in a directory"):
            call_command("backup", to=to, keep=1)


def test_a_directory_that_cannot_be_written_is_reported() -> None:
    with pytest.raises(CommandError, match=r"The backup can't be written: .* \(/proc/backups\)"):
        call_command("backup", to="/proc/backups/")


def test_without_a_terminal_a_passphrase_must_be_in_the_environment(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="Set BACKUP_PASSPHRASE"):
        call_command("backup", to=str(tmp_path), with_secrets=True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_backup_can_be_piped(tmp_path: Path) -> None:
    finished = manage_into(tmp_path / "piped.zip", "backup", "--to", "-")
    assert finished.returncode == 0, finished.stderr
    assert "A pipe can't be read back." in finished.stderr
    with BackupFile(tmp_path / "piped.zip") as backup:
        verify(backup)
