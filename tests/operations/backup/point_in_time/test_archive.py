"""What the archive keeps, and that the logs of two servers are never mixed."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from operations.backup.point_in_time.archive import base_backups, begin_archive, open_archive, prune, segments_from

AT = datetime(2026, 3, 10, tzinfo=UTC)


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


@pytest.fixture
def archive(tmp_path: Path, data_dir: Path) -> Path:
    """An archive with a base backup a day for five days. Each begins two segments of the log later."""
    open_archive(tmp_path / "archive", data_dir)
    for day in range(5):
        base = tmp_path / "archive" / f"base-202603{10 + day}T000000Z"
        base.mkdir()
        manifest = {"WAL-Ranges": [{"Timeline": 1, "Start-LSN": f"1/{2 * day:X}000028", "End-LSN": "1/FF000000"}]}
        (base / "backup_manifest").write_text(json.dumps(manifest))
    for number in range(10):
        name = f"0000000100000001{number:08X}" + (".partial" if number == 9 else "")
        (tmp_path / "archive" / "wal" / name).touch()
    (tmp_path / "archive" / "wal" / "00000002.history").touch()
    return tmp_path / "archive"


def names(archive: Path) -> list[str]:
    return sorted(path.name for path in archive.iterdir())


def test_a_recovery_begins_at_the_segment_of_its_base_backup(archive: Path) -> None:
    bases = base_backups(archive)
    assert [base.made_at.day for base in bases] == [10, 11, 12, 13, 14]
    assert bases[4].first_segment == "000000010000000100000008"
    assert [path.name for path in segments_from(archive, bases[4].first_segment)] == [
        "000000010000000100000008",
        "000000010000000100000009.partial",
        "00000002.history",
    ]


def test_pruning_keeps_every_moment_since_the_oldest(archive: Path) -> None:
    prune(archive, oldest=AT + timedelta(days=2, hours=6))
    # The base of day 12 is older than the moment, and needed to recover it.
    assert [base.made_at.day for base in base_backups(archive)] == [12, 13, 14]
    assert min(names(archive / "wal")) == "000000010000000100000004"
    assert len(names(archive / "wal")) == 7


def test_an_archive_that_is_young_loses_nothing(archive: Path) -> None:
    before = names(archive), names(archive / "wal")
    prune(archive, oldest=AT - timedelta(days=1))
    assert (names(archive), names(archive / "wal")) == before


def test_the_same_server_goes_on_with_its_archive(archive: Path, data_dir: Path) -> None:
    before = names(archive), names(archive / "wal")
    open_archive(archive, data_dir)
    assert (names(archive), names(archive / "wal")) == before


def test_another_server_moves_the_archive_aside_and_can_still_recover_from_it(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    open_archive(archive, tmp_path / "other")
    assert base_backups(archive) == []
    assert names(archive / "wal") == []
    [ended] = archive.glob("ended-*")
    assert len(base_backups(ended)) == 5
    assert len(names(ended / "wal")) == 11


def test_an_ended_archive_is_deleted_when_it_is_too_old(archive: Path, data_dir: Path) -> None:
    begin_archive(archive, data_dir)
    prune(archive, oldest=datetime.now(UTC) - timedelta(days=7))
    assert list(archive.glob("ended-*"))
    prune(archive, oldest=datetime.now(UTC) + timedelta(days=1))
    assert not list(archive.glob("ended-*"))
