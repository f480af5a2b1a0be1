"""Restores a backup into an empty database, and brings it up to this release."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from operations.backup.database.load import load
from operations.backup.database.progress import Reporter
from operations.backup.database.verification import verify
from operations.backup.errors import BackupError
from operations.backup.files.backup_file import SECRETS, BackupFile
from operations.backup.point_in_time.recovery import recovered_database
from operations.backup.server_secrets import (
    ServerSecrets,
    count_unreadable,
    current_secrets,
    refuse_other_settings,
    write_secrets,
)
from operations.backup.target import empty_database
from operations.backup.versions import refuse_newer
from operations.up.prepare_steps import migrate
from search.services import discard_tables

# Takes the sealed secrets. Returns them unsealed, after asking for the passphrase.
Unlock = Callable[[bytes], bytes]


@dataclass(frozen=True)
class Restored:
    """What a restore did. `unreadable` counts the API keys and second factors that no key decrypts."""

    found: str
    migrated: bool
    secrets: bool
    replaced: Sequence[Path]
    unreadable: int


def check(path: Path) -> BackupFile:
    """Prove that the backup is whole and that this release can restore it. Raises BackupError. Close the result."""
    backup = BackupFile(path)
    try:
        refuse_newer(backup.manifest)
        verify(backup)
    except BaseException:
        backup.close()
        raise
    return backup


def restore(path: Path, *, unlock: Unlock | None, reindex: bool, reporter: Reporter) -> Restored:
    """Restore the backup into the database and the DATA_DIR of the settings. Without `unlock`, leave out its secrets.

    Nothing is changed before the backup has been verified and decrypted. Raises BackupError, StartupError and
    ServerStartError.
    """
    reporter.step(f"Verifying {path}.")
    with check(path) as backup:
        secrets = _unlocked(backup, unlock)
        _refuse_media(backup)
        with empty_database():
            # Before the database: a restore that is killed has then either no rows, or rows with their secrets.
            replaced = write_secrets(secrets, settings.DATA_DIR) if secrets else []
            backup.extract_media(Path(settings.MEDIA_ROOT))
            counts = backup.manifest.counts
            reporter.step(f"Restoring {sum(counts.values()):,} rows.")
            load(backup, reporter=reporter)
            migrated = _bring_up_to_date(reindex, reporter)
            keys = (secrets or current_secrets()).field_encryption_keys
            unreadable = count_unreadable(keys)
    found = f"Restored {sum(counts.values()):,} rows of {len(counts)} tables; each table has the rows of the backup."
    return Restored(found, migrated, secrets is not None, replaced, unreadable)


def recover(archive: Path, *, until: datetime | None, reindex: bool, reporter: Reporter) -> Restored:
    """Recover the embedded server of DATA_DIR from an archive, as it was at a time or at the end of the log.

    Raises BackupError, StartupError and ServerStartError.
    """
    reporter.step(f"Recovering from {archive}.")
    with recovered_database(archive, until) as base:
        migrated = _bring_up_to_date(reindex, reporter)
        unreadable = count_unreadable(current_secrets().field_encryption_keys)
    at = f"at {until:%Y-%m-%d %H:%M:%S %Z}" if until else "at the end of the log"
    found = f"Recovered the database as it was {at}, from the base backup of {base.made_at:%Y-%m-%d %H:%M:%S} UTC."
    return Restored(found, migrated, secrets=False, replaced=(), unreadable=unreadable)


def _bring_up_to_date(reindex: bool, reporter: Reporter) -> bool:
    """Migrate, and have the index rebuilt. Returns whether there were migrations."""
    migrated = migrate()
    discard_tables()
    if reindex:
        reporter.step("Rebuilding the search index.")
        call_command("reindex")
        call_command("check_index")
    return migrated


def _unlocked(backup: BackupFile, unlock: Unlock | None) -> ServerSecrets | None:
    if unlock is None or SECRETS not in backup.manifest.parts:
        return None
    secrets = ServerSecrets.model_validate_json(unlock(backup.read(SECRETS)))
    refuse_other_settings(secrets)
    return secrets


def _refuse_media(backup: BackupFile) -> None:
    if backup.media() and not settings.MEDIA_ROOT:
        raise BackupError("This backup has media files, and MEDIA_ROOT is not set. Set it to an empty directory.")
