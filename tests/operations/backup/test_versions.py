"""Backups of older releases are restored, those of newer ones are refused."""

import pytest

from operations.backup.errors import BackupError
from operations.backup.versions import program_version, refuse_newer
from tests.operations.backup.backup_files import manifest

OURS = {"chat": ["0001_initial"], "sessions": ["0001_initial"]}


def test_a_backup_of_this_and_of_an_older_release_is_accepted() -> None:
    refuse_newer(manifest({}, program=program_version(), migrations=OURS))
    refuse_newer(manifest({}, program="0.0.9", migrations={}))


def test_a_backup_of_a_newer_release_is_refused() -> None:
    with pytest.raises(BackupError, match=r"MemoryLoop 0\.10\.0 made this backup, and this is .* Install the newer"):
        refuse_newer(manifest({}, program="0.10.0", migrations=OURS))


def test_a_backup_with_unknown_migrations_is_refused() -> None:
    with pytest.raises(BackupError, match=r"does not know: chat\.0099_later"):
        refuse_newer(manifest({}, migrations={"chat": ["0001_initial", "0099_later"]}))
