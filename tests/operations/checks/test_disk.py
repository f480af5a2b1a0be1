"""Free space on each file system that MemoryLoop writes to."""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest
from pytest_django import Settings

from operations.checks import disk


def test_places_on_one_disk_are_one_finding_and_need_not_exist(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR, settings.LANCEDB_URI = tmp_path / "data", str(tmp_path / "index")
    [finding] = disk.disk()
    assert finding.message.startswith("DATA_DIR, Index, PostgreSQL: ")
    assert finding.figures["data_dir_free_bytes"] == finding.figures["index_free_bytes"] > 0
    assert list(tmp_path.iterdir()) == []


def test_an_object_store_has_no_free_space(settings: Settings) -> None:
    settings.LANCEDB_URI = "s3://bucket/index"
    assert all("Index" not in finding.message for finding in disk.disk())


@pytest.mark.parametrize(
    ("free", "files", "level"), [(100, 10**6, "failure"), (900, 10**6, "warning"), (9000, 100, "warning")]
)
def test_a_disk_that_is_nearly_full_is_found(
    monkeypatch: pytest.MonkeyPatch, free: int, files: int, level: str
) -> None:
    numbers = SimpleNamespace(f_frsize=2**20, f_bavail=free, f_blocks=10_000, f_files=10**7, f_favail=files)
    monkeypatch.setattr(os, "statvfs", lambda path: numbers)
    assert {finding.level for finding in disk.disk()} == {level}
