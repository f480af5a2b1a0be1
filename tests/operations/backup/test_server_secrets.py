"""Secrets are restored into their files, and what they can't decrypt is counted."""

import stat
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.conf import settings

from accounts.models import User
from base.configuration.embedded import field_encryption_keys
from operations.backup.errors import BackupError
from operations.backup.server_secrets import ServerSecrets, count_unreadable, refuse_other_settings, write_secrets
from providers.models import ProviderKey
from tests.accounts.credentials import AuthenticatorApp

KEYS = [Fernet.generate_key().decode() for _ in range(2)]
SECRETS = ServerSecrets(secret_key="s" * 50, field_encryption_keys=KEYS)


def test_the_secrets_of_the_backup_are_those_of_the_next_start(tmp_path: Path) -> None:
    assert write_secrets(SECRETS, tmp_path) == []
    assert (tmp_path / "secrets" / "secret_key").read_text() == "s" * 50
    assert field_encryption_keys(tmp_path) == KEYS
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "secrets").iterdir()} == {0o600}


def test_other_secrets_that_were_there_are_kept_under_another_name(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "secret_key").write_text("older")
    renamed = write_secrets(SECRETS, tmp_path)
    assert renamed == [tmp_path / "secrets" / "secret_key.replaced"]
    assert renamed[0].read_text() == "older"
    assert write_secrets(SECRETS, tmp_path) == []


def test_settings_in_the_environment_are_not_overridden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "e" * 50)
    write_secrets(SECRETS, tmp_path)
    assert not (tmp_path / "secrets" / "secret_key").exists()


def test_other_encryption_keys_in_the_environment_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    refuse_other_settings(SECRETS)
    monkeypatch.setenv("FIELD_ENCRYPTION_KEYS", settings.FIELD_ENCRYPTION_KEYS[0])
    with pytest.raises(BackupError, match="FIELD_ENCRYPTION_KEYS is set, and it does not include"):
        refuse_other_settings(SECRETS)


def test_what_no_key_decrypts_is_counted(alice: User) -> None:
    AuthenticatorApp.of(alice)
    ProviderKey.objects.create(owner=alice, provider="claude", ciphertext=Fernet(KEYS[0]).encrypt(b"x").decode())
    assert count_unreadable([*KEYS, *settings.FIELD_ENCRYPTION_KEYS]) == 0
    assert count_unreadable(settings.FIELD_ENCRYPTION_KEYS) == 1
    assert count_unreadable(KEYS) == 1
