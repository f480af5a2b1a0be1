"""The release of this program, and whether it can restore a backup."""

import re
import tomllib

from django.conf import settings
from django.db.migrations.loader import MigrationLoader

from operations.backup.errors import BackupError
from operations.backup.files.manifest import Manifest


def program_version() -> str:
    return str(tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["project"]["version"])


def refuse_newer(manifest: Manifest) -> None:
    """Raises BackupError if a newer release made the backup. An older one's is migrated after the restore."""
    known = set(MigrationLoader(None).disk_migrations or ())
    unknown = [
        f"{app}.{name}" for app, names in manifest.migrations.items() for name in names if (app, name) not in known
    ]
    ours = program_version()
    if unknown or _numbers(manifest.program) > _numbers(ours):
        reason = f", with migrations that this release does not know: {', '.join(unknown)}" if unknown else ""
        raise BackupError(
            f"MemoryLoop {manifest.program} made this backup, and this is {ours}{reason}. "
            "Install the newer release, and restore the backup with it."
        )


def _numbers(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)]
