"""Restores a backup into an empty database, and brings it up to this release."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from operations.backup.archive import SECRETS, Archive
from operations.backup.errors import BackupError
from operations.backup.load import load
from operations.backup.progress import Reporter
from operations.backup.server_secrets import (
    ServerSecrets,
    count_unreadable,
    current_secrets,
    refuse_other_settings,
    write_secrets,
)
from operations.backup.target import empty_database
from operations.backup.verification import verify
from operations.backup.versions import refuse_newer
from operations.up.preparation import migrate
from search.services import discard_tables

# Takes the sealed secrets. Returns them unsealed, after asking for the passphrase.
Unlock = Callable[[bytes], bytes]


@dataclass(frozen=True)
class Restored:
    """What a restore did. `unreadable` counts the API keys and second factors that no key decrypts."""

    rows: int
    tables: int
    migrated: bool
    secrets: bool
    replaced: Sequence[Path]
    unreadable: int


def check(path: Path) -> Archive:
    """Prove that the backup is whole and that this release can restore it. Raises BackupError. Close the result."""
    archive = Archive(path)
    try:
        refuse_newer(archive.manifest)
        verify(archive)
    except BaseException:
        archive.close()
        raise
    return archive


def restore(path: Path, *, unlock: Unlock | None, reindex: bool, reporter: Reporter) -> Restored:
    """Restore the backup into the database and the DATA_DIR of the settings. Without `unlock`, leave out its secrets.

    Nothing is changed before the backup has been verified and decrypted. Raises BackupError, StartupError and
    ServerStartError.
    """
    reporter.step(f"Verifying {path}.")
    with check(path) as archive:
        secrets = _unlocked(archive, unlock)
        _refuse_media(archive)
        with empty_database():
            # Before the database: a restore that is killed has then either no rows, or rows with their secrets.
            replaced = write_secrets(secrets, settings.DATA_DIR) if secrets else []
            archive.extract_media(Path(settings.MEDIA_ROOT))
            reporter.step(f"Restoring {sum(archive.manifest.counts.values()):,} rows.")
            load(archive, reporter=reporter)
            migrated = migrate()
            discard_tables()
            if reindex:
                reporter.step("Rebuilding the search index.")
                call_command("reindex")
                call_command("check_index")
            keys = (secrets or current_secrets()).field_encryption_keys
            counts = archive.manifest.counts
            return Restored(
                rows=sum(counts.values()),
                tables=len(counts),
                migrated=migrated,
                secrets=secrets is not None,
                replaced=replaced,
                unreadable=count_unreadable(keys),
            )


def _unlocked(archive: Archive, unlock: Unlock | None) -> ServerSecrets | None:
    if unlock is None or SECRETS not in archive.manifest.parts:
        return None
    secrets = ServerSecrets.model_validate_json(unlock(archive.read(SECRETS)))
    refuse_other_settings(secrets)
    return secrets


def _refuse_media(archive: Archive) -> None:
    if archive.media() and not settings.MEDIA_ROOT:
        raise BackupError("This backup has media files, and MEDIA_ROOT is not set. Set it to an empty directory.")
