"""DATA_DIR: whether this account can use it, and whether others can read it."""

import os
import stat
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from django.conf import settings

from base.configuration import environment
from base.configuration.embedded import SECRET_FILES
from operations.checks.findings import Finding, failure, ok, warning
from operations.up.private_files import readable_by_others

MAX_SHOWN = 3  # files


def data_directory() -> Sequence[Finding]:
    directory = Path(settings.DATA_DIR)
    if not directory.exists():
        return [_not_created(directory)]
    if not directory.is_dir() or not os.access(directory, os.R_OK | os.W_OK | os.X_OK):
        return [
            failure(
                f"This account can't read and write DATA_DIR {directory}.",
                "Run the doctor as the account that runs MemoryLoop, correct the permissions, or set DATA_DIR.",
            )
        ]
    if directory.stat().st_mode & stat.S_ISVTX:
        message = f"DATA_DIR {directory} is shared by all accounts, as a temporary directory is."
        return [failure(message, "Set DATA_DIR to a directory of its own.")]
    return [*_private(directory), *_secrets(directory)]


def _not_created(directory: Path) -> Finding:
    parent = next(path for path in directory.parents if path.exists())
    if os.access(parent, os.W_OK | os.X_OK):
        return ok(f"DATA_DIR {directory} does not exist yet; the first start creates it.")
    return failure(f"This account can't create DATA_DIR {directory}.", "Set DATA_DIR to a directory of this account.")


def _private(directory: Path) -> list[Finding]:
    exposed = list(islice(readable_by_others(directory), MAX_SHOWN))
    if not exposed:
        return [ok(f"DATA_DIR {directory} is private.")]
    names = ", ".join(str(path) for path in exposed)
    return [
        failure(
            f"Other accounts can read files in DATA_DIR, such as {names}.",
            "Restart MemoryLoop, which makes them private, or run: chmod -R go-rwx DATA_DIR",
        )
    ]


def _secrets(directory: Path) -> list[Finding]:
    """Without their files, a start would make new secrets: users are signed out, and stored keys can't be decrypted."""
    started = (directory / "postgres" / "PG_VERSION").exists()
    missing = [
        variable
        for variable, file in SECRET_FILES.items()
        if not environment.text(variable, default="") and not (directory / file).is_file()
    ]
    if not (started and missing):
        return []
    files = ", ".join(missing)
    return [warning(f"The files of {files} are missing in {directory / 'secrets'}.", "Restore them from a backup.")]
