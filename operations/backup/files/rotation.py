"""Deletes old backups. A file is one of this server's backups only if its manifest says so."""

from datetime import datetime
from pathlib import Path

from operations.backup.errors import BackupError
from operations.backup.files.backup_file import BackupFile
from operations.backup.files.destination import PREFIX, SUFFIX


def rotate(directory: Path, *, server: str, keep: int) -> list[Path]:
    """Keep the newest `keep` backups of this server. Returns the deleted files.

    Other files are never deleted: backups of other servers, files with names of their own, and unreadable ones.
    """
    backups = sorted(backups_in(directory, server=server))
    old = [path for _created_at, path in backups[: max(0, len(backups) - keep)]]
    for path in old:
        path.unlink(missing_ok=True)
    return old


def backups_in(directory: Path, *, server: str) -> list[tuple[datetime, Path]]:
    """The time and path of each backup of this server that was made into the directory."""
    found = []
    for path in directory.glob(f"{PREFIX}*{SUFFIX}"):
        try:
            with BackupFile(path) as backup:
                manifest = backup.manifest
        except (BackupError, OSError):
            continue
        if manifest.server == server:
            found.append((manifest.created_at, path))
    return found
