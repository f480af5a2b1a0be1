"""The data directory is readable by its owner only: it has the texts of all users."""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

OTHERS = stat.S_IRWXG | stat.S_IRWXO


def make_private(directory: Path) -> list[Path]:
    """Remove the permissions that other accounts have on the directory and on everything in it.

    Earlier releases set no umask in `manage.py` and left files that every account could read. Links are not followed.
    Returns what belongs to another account and could not be changed.
    """
    foreign = [] if _make_private(str(directory)) else [directory]
    for parent, directories, files, descriptor in os.fwalk(directory):
        names = (*directories, *files)
        foreign += [Path(parent, name) for name in names if not _make_private(name, descriptor)]
    return foreign


def readable_by_others(directory: Path) -> Iterator[Path]:
    """What other accounts can read in the directory. As root, PostgreSQL's account may enter `directory` itself."""
    if directory.stat().st_mode & (stat.S_IRGRP | stat.S_IRWXO):
        yield directory
    for parent, directories, files in os.walk(directory):
        for path in (Path(parent, name) for name in (*directories, *files)):
            with suppress(FileNotFoundError):
                if _is_open_to_others(path.lstat().st_mode):
                    yield path


def _make_private(name: str, parent: int | None = None) -> bool:
    try:
        mode = os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode
        if _is_open_to_others(mode):
            os.chmod(name, stat.S_IMODE(mode) & ~OTHERS, dir_fd=parent)
    except FileNotFoundError:
        return True  # the worker of an earlier start may still be deleting files
    except PermissionError:
        return False
    return True


def _is_open_to_others(mode: int) -> bool:
    """Whether this is the mode of a directory or a file on which other accounts have any permission."""
    return bool(mode & OTHERS) and (stat.S_ISDIR(mode) or stat.S_ISREG(mode))
