"""The archive for point-in-time recovery: base backups, and the write-ahead log (WAL) that follows them.

    POINT_IN_TIME_DIR/
        archive_id                 a copy of the one in DATA_DIR
        base-20260301T120000Z/     a base backup
        wal/                       WAL segments, which pg_receivewal writes
        ended-20260301T110000Z/    an earlier archive, with the same contents

`up` uses this module, so it imports neither Django nor psycopg.
"""

import json
import re
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

ID, WAL, BASE, ENDED = "archive_id", "wal", "base-", "ended-"
TIME = "%Y%m%dT%H%M%SZ"
SEGMENT = re.compile(r"[0-9A-F]{24}")
SEGMENT_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, order=True)
class BaseBackup:
    """A base backup, and the WAL segment at which a recovery with it begins."""

    made_at: datetime
    path: Path
    first_segment: str


def open_archive(archive: Path, data_dir: Path) -> None:
    """Make the archive that of this server. Another server's is moved aside: the logs of two must not be mixed.

    A server that was restored is another one, even from this archive: its log goes on differently.
    """
    if _read(archive / ID) != _read(data_dir / ID) or not _read(archive / ID):
        begin_archive(archive, data_dir)


def begin_archive(archive: Path, data_dir: Path) -> None:
    """Start with an empty archive. Its earlier contents are moved into a directory from which they can be restored."""
    archive.mkdir(parents=True, exist_ok=True, mode=0o700)
    earlier = [path for path in archive.iterdir() if path.name in (ID, WAL) or path.name.startswith(BASE)]
    if earlier:
        ended = archive / f"{ENDED}{datetime.now(UTC):{TIME}}"
        ended.mkdir(mode=0o700)
        for path in earlier:
            path.rename(ended / path.name)
    (archive / WAL).mkdir(mode=0o700)
    token = secrets.token_hex(16)
    for directory in (data_dir, archive):  # in this order: a killed start begins again
        (directory / ID).write_text(token)


def base_backups(archive: Path) -> list[BaseBackup]:
    """The complete base backups, oldest first."""
    found = []
    for path in archive.glob(f"{BASE}*Z"):
        ranges = json.loads((path / "backup_manifest").read_text())["WAL-Ranges"]
        first = _segment_of(ranges[0]["Timeline"], ranges[0]["Start-LSN"])
        found.append(BaseBackup(datetime.strptime(path.name, f"{BASE}{TIME}").replace(tzinfo=UTC), path, first))
    return sorted(found)


def segments_from(archive: Path, first: str) -> Iterator[Path]:
    """The files of the log from this segment on, on any timeline, and the histories of timelines."""
    for path in sorted((archive / WAL).iterdir()):
        if path.suffix == ".history" or (SEGMENT.match(path.name) and path.name[8:24] >= first[8:]):
            yield path


def prune(archive: Path, *, oldest: datetime) -> None:
    """Delete what is not needed to recover any moment since `oldest`."""
    bases = base_backups(archive)
    older = [base for base in bases if base.made_at <= oldest]
    for base in older[:-1]:
        shutil.rmtree(base.path)
    kept = [*older[-1:], *(base for base in bases if base.made_at > oldest)]
    if kept:
        needed = set(segments_from(archive, kept[0].first_segment))
        for path in (archive / WAL).iterdir():
            if SEGMENT.match(path.name) and path not in needed:
                path.unlink()
    for path in archive.glob(f"{ENDED}*Z"):
        ended_at = datetime.strptime(path.name, f"{ENDED}{TIME}").replace(tzinfo=UTC)
        if ended_at < oldest:
            shutil.rmtree(path)


def _segment_of(timeline: int, position: str) -> str:
    """The name of the WAL segment with this position, such as 0/3000028."""
    high, low = (int(part, 16) for part in position.split("/"))
    return f"{timeline:08X}{high:08X}{low // SEGMENT_BYTES:08X}"


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except FileNotFoundError:
        return ""
