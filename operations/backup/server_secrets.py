"""The secrets outside of the database: one signs sessions, the others encrypt API keys and second factors."""

import os
from collections.abc import Sequence
from pathlib import Path

from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from pydantic import BaseModel

from accounts.sign_in.second_factor import SECRETS
from base.configuration import environment
from base.configuration.embedded import SECRET_FILES
from base.postgresql.acting import acting_for_all_users
from operations.backup.errors import BackupError
from providers.models import ProviderKey


class ServerSecrets(BaseModel):
    """The values of the two settings."""

    secret_key: str
    field_encryption_keys: list[str]


def current_secrets() -> ServerSecrets:
    return ServerSecrets(secret_key=settings.SECRET_KEY, field_encryption_keys=settings.FIELD_ENCRYPTION_KEYS)


def refuse_other_settings(restored: ServerSecrets) -> None:
    """Raises BackupError if the environment has other encryption keys, which would take precedence over the files."""
    if _from_environment("FIELD_ENCRYPTION_KEYS") and not set(restored.field_encryption_keys) <= set(
        settings.FIELD_ENCRYPTION_KEYS
    ):
        raise BackupError(
            "FIELD_ENCRYPTION_KEYS is set, and it does not include the keys in this backup, which encrypt its API keys "
            "and second factors. Unset it to use the keys of the backup, or restore with --without-secrets."
        )


def write_secrets(restored: ServerSecrets, data_dir: Path) -> list[Path]:
    """Store the secrets that the environment does not set. Returns the files of other secrets that were renamed."""
    values = {"SECRET_KEY": restored.secret_key, "FIELD_ENCRYPTION_KEYS": ",".join(restored.field_encryption_keys)}
    renamed = []
    for setting, file in SECRET_FILES.items():
        path = data_dir / file
        if _from_environment(setting) or (path.exists() and path.read_text().strip() == values[setting]):
            continue
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if path.exists():
            renamed.append(path.with_name(f"{path.name}.replaced"))
            path.replace(renamed[-1])
        _write_private(path, values[setting])
    return renamed


def count_unreadable(keys: Sequence[str]) -> int:
    """How many API keys and second factors in the database cannot be decrypted with these keys."""
    box = MultiFernet([Fernet(key) for key in keys])
    with acting_for_all_users("a restore proves that the secrets of all users can be read"):
        stored = [*ProviderKey.objects.values_list("ciphertext", flat=True)]
        for data in Authenticator.objects.values_list("data", flat=True):
            stored += [data[name] for name in SECRETS if name in data]
    return sum(not _decrypts(box, ciphertext) for ciphertext in stored)


def _decrypts(box: MultiFernet, ciphertext: str) -> bool:
    try:
        box.decrypt(ciphertext)
    except (InvalidToken, ValueError):
        return False
    return True


def _from_environment(setting: str) -> bool:
    return bool(environment.text(setting, default=""))


def _write_private(path: Path, value: str) -> None:
    draft = path.with_name(f".{path.name}.restored")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(value)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
