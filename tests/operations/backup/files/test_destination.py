"""A backup appears under its name only when it is whole, and unfinished files do not stay."""

import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from operations.backup.errors import BackupError
from operations.backup.files.destination import delete_abandoned, file_for, unfinished
from tests.processes import PROJECT

AT = datetime(2026, 3, 1, 12, 30, 15, tzinfo=UTC)

WRITES_FOREVER = """
import sys, time
from pathlib import Path
from operations.backup.files.destination import unfinished
with unfinished(Path(sys.argv[1])) as partial:
    partial.write_bytes(b"half")
    print("writing", flush=True)
    time.sleep(600)
"""


def test_a_directory_gets_a_file_named_by_the_time(tmp_path: Path) -> None:
    assert file_for(str(tmp_path), AT) == tmp_path / "memoryloop-20260301T123015Z.zip"
    assert file_for(f"{tmp_path}/new/", AT).parent.is_dir()


def test_an_existing_file_and_a_missing_directory_are_refused(tmp_path: Path) -> None:
    (tmp_path / "old.zip").write_bytes(b"old")
    with pytest.raises(BackupError, match="exists already"):
        file_for(str(tmp_path / "old.zip"), AT)
    with pytest.raises(BackupError, match="does not exist"):
        file_for(str(tmp_path / "missing" / "new.zip"), AT)


def test_only_its_owner_can_read_the_file(tmp_path: Path) -> None:
    path = tmp_path / "new.zip"
    with unfinished(path) as partial:
        partial.write_bytes(b"whole")
        assert not path.exists()
        assert stat.S_IMODE(partial.stat().st_mode) == 0o600
    assert path.read_bytes() == b"whole"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_an_error_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No space left"), unfinished(tmp_path / "new.zip"):
        Path("/dev/full").write_bytes(b"half")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_appears_meanwhile_is_kept(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="exists already"), unfinished(tmp_path / "new.zip"):
        (tmp_path / "new.zip").write_bytes(b"other")
    assert (tmp_path / "new.zip").read_bytes() == b"other"


def test_what_a_killed_backup_left_is_deleted_and_what_a_running_one_writes_is_not(tmp_path: Path) -> None:
    path = tmp_path / "new.zip"
    writer = subprocess.Popen([sys.executable, "-c", WRITES_FOREVER, path], cwd=PROJECT, stdout=subprocess.PIPE)
    try:
        assert writer.stdout
        assert writer.stdout.readline() == b"writing\n"
        with pytest.raises(BackupError, match="Another process is writing"), unfinished(path):
            pass
    finally:
        writer.kill()
        writer.communicate()
    assert [file.suffix for file in tmp_path.iterdir()] == [".memoryloop-partial"]
    delete_abandoned(tmp_path)
    assert list(tmp_path.iterdir()) == []
