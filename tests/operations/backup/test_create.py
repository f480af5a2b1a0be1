"""A backup of the running database: consistent, verified, and nothing that looks whole after a failure."""

import json
from pathlib import Path

import pytest
from django.conf import settings as current_settings
from django.db import connection
from pytest_django import Settings

from accounts.models import User
from operations.backup.create import back_up, write_backup
from operations.backup.database.verification import verify
from operations.backup.errors import BackupError, DamagedBackup
from operations.backup.files.backup_file import SECRETS, BackupFile
from operations.backup.files.secret_box import unseal
from tests.factories import MessageFactory

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_backup_has_every_table_with_its_rows(alice: User, tmp_path: Path) -> None:
    MessageFactory.create_batch(20, conversation__owner=alice, content="Line one\nline two\\\n\\.\nEnd")
    manifest = back_up(tmp_path / "backup.zip")
    assert set(manifest.counts) == set(connection.introspection.table_names())
    assert (manifest.counts["chat_message"], manifest.counts["accounts_user"]) == (20, 1)
    assert "0001_initial" in manifest.migrations["chat"]
    with BackupFile(tmp_path / "backup.zip") as backup:
        assert backup.manifest == manifest
        verify(backup)


def test_without_a_passphrase_no_secret_is_in_the_file_and_with_one_it_is_encrypted(tmp_path: Path) -> None:
    back_up(tmp_path / "plain.zip")
    back_up(tmp_path / "sealed.zip", passphrase="correct horse battery")
    keys = [current_settings.SECRET_KEY, *current_settings.FIELD_ENCRYPTION_KEYS]
    for path in tmp_path.iterdir():
        assert [key for key in keys if key.encode() in path.read_bytes()] == []
    with BackupFile(tmp_path / "plain.zip") as plain, BackupFile(tmp_path / "sealed.zip") as sealed:
        assert SECRETS not in plain.manifest.parts
        secrets = json.loads(unseal(sealed.read(SECRETS), "correct horse battery"))
    assert [secrets["secret_key"], *secrets["field_encryption_keys"]] == keys


def test_media_files_are_in_the_backup(tmp_path: Path, settings: Settings) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "media")
    (tmp_path / "media" / "cards").mkdir(parents=True)
    (tmp_path / "media" / "cards" / "cat.png").write_bytes(b"cat")
    back_up(tmp_path / "backup.zip")
    with BackupFile(tmp_path / "backup.zip") as backup:
        assert backup.read("media/cards/cat.png") == b"cat"


def test_a_full_disk_is_reported_and_leaves_nothing_that_looks_whole() -> None:
    with pytest.raises(OSError, match="No space left"), Path("/dev/full").open("wb") as full:
        write_backup(full)


def test_a_dump_that_misses_a_row_is_not_kept(alice: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "operations.backup.database.dump.OPTIONS", ("--format=custom", "--exclude-table-data=accounts_user")
    )
    with pytest.raises(DamagedBackup, match=r"does not have the rows .* accounts_user"):
        back_up(tmp_path / "backup.zip")
    assert list(tmp_path.iterdir()) == []


def test_a_pg_dump_that_fails_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("operations.backup.database.dump.OPTIONS", ("--format=custom", "--table=missing"))
    with pytest.raises(BackupError, match="pg_dump failed: pg_dump: error: no matching tables"):
        back_up(tmp_path / "backup.zip")
    assert list(tmp_path.iterdir()) == []
