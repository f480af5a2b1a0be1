"""Free space where MemoryLoop and its servers write."""

import os
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings

from base.configuration import environment
from operations.checks.findings import Finding, failure, ok, warning
from operations.up.preflight import MIN_FREE_BYTES

LOW_FREE_BYTES = 1024**3  # rebuilding an index takes as much space again as the index has
LOW_FREE_FILES = 20_000  # each table of the index has up to some hundred files
ADVICE = "Free some space, or move it to a larger disk: PostgreSQL stops when its disk is full."


def disk() -> Sequence[Finding]:
    """One finding for each file system."""
    places: dict[int, list[tuple[str, Path]]] = defaultdict(list)
    for name, path in _places():
        existing = next(parent for parent in (path, *path.parents) if parent.exists())
        places[existing.stat().st_dev].append((name, existing))
    return [_finding([name for name, _ in found], found[0][1]) for found in places.values()]


def _places() -> list[tuple[str, Path]]:
    places = [("DATA_DIR", Path(settings.DATA_DIR))]
    if "://" not in settings.LANCEDB_URI:
        places.append(("Index", Path(settings.LANCEDB_URI).absolute()))
    if not environment.text("DATABASE_URL", default=""):
        places.append(("PostgreSQL", Path(settings.DATA_DIR) / "postgres"))
    return places


def _finding(names: Sequence[str], path: Path) -> Finding:
    system = os.statvfs(path)
    free, size = system.f_bavail * system.f_frsize, system.f_blocks * system.f_frsize
    figures = {f"{name.lower()}_free_bytes": free for name in names}
    where = ", ".join(names)
    message = f"{where}: {_in_gigabytes(free)} of {_in_gigabytes(size)} GB are free at {path}."
    if free < MIN_FREE_BYTES:
        return failure(message, ADVICE, **figures)
    if free < LOW_FREE_BYTES:
        return warning(message, ADVICE, **figures)
    if system.f_files > 0 and system.f_favail < LOW_FREE_FILES:
        return warning(f"{where}: only {system.f_favail} more files fit on the disk at {path}.", ADVICE, **figures)
    return ok(message, **figures)


def _in_gigabytes(count: int) -> str:
    return f"{count / 1e9:.1f}"
