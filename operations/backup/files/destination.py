"""Where a backup goes: its name, and a file that appears under that name only when it is whole and on the disk."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from operations.backup.errors import BackupError

PREFIX, SUFFIX, UNFINISHED = "memoryloop-", ".zip", ".memoryloop-partial"


def file_for(to: str, at: datetime) -> Path:
    """The file for `to`: itself, or a name with the time if it is a directory. Raises BackupError if it exists."""
    path = Path(to).expanduser()
    if to.endswith(os.sep) or path.is_dir():
        return new_name(path, at)
    if path.exists():
        raise BackupError(f"{path} exists already. Choose another name, or a directory.")
    if not path.parent.is_dir():
        raise BackupError(f"The directory {path.parent} does not exist. Create it, or choose another one.")
    return path


def new_name(directory: Path, at: datetime) -> Path:
    """The name of a backup of this time. The directory is created if needed."""
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    return directory / f"{PREFIX}{at:%Y%m%dT%H%M%SZ}{SUFFIX}"


@contextmanager
def unfinished(path: Path) -> Iterator[Path]:
    """A file of another name, which is renamed to `path` at the end of the block, and deleted after an error.

    Only its owner can read it. What a killed process left is deleted by the next call.
    """
    delete_abandoned(path.parent)
    partial = path.with_name(f".{path.name}{UNFINISHED}")
    try:
        descriptor = os.open(partial, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    except FileExistsError:
        raise BackupError(f"Another process is writing {path}. Wait for it, or choose another name.") from None
    try:
        # The kernel releases the lock when this process ends, however it ends.
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield partial
        os.fsync(descriptor)
        if path.exists():
            raise BackupError(f"{path} exists already. Choose another name.")
        partial.rename(path)
        _sync_directory(path.parent)
    finally:
        partial.unlink(missing_ok=True)
        os.close(descriptor)


def delete_abandoned(directory: Path) -> None:
    """Delete unfinished backups that no process is writing."""
    for path in directory.glob(f".*{UNFINISHED}"):
        with path.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            path.unlink(missing_ok=True)


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
