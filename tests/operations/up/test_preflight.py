"""What keeps `up` from starting, each said in one sentence with its fix."""

import os
from pathlib import Path

import pytest

from operations.up import preflight
from operations.up.preflight import CannotStart, hold, listen


def test_a_directory_is_held_once_and_free_again_afterwards(tmp_path: Path) -> None:
    taken = f"already runs on {tmp_path} \\(process {os.getpid()}\\)"
    with hold(tmp_path), pytest.raises(CannotStart, match=taken), hold(tmp_path):
        pass
    with hold(tmp_path):
        assert (tmp_path / "up.lock").read_text() == str(os.getpid())


def test_a_directory_that_is_not_there_is_made(tmp_path: Path) -> None:
    with hold(tmp_path / "new" / "data"):
        assert (tmp_path / "new" / "data").is_dir()


def test_a_full_disk_is_said_before_anything_is_half_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight, "SMALLEST_DISK", 1 << 60)
    with pytest.raises(CannotStart, match=r"has \d+ MB free and needs"), hold(tmp_path):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["up.lock"]


def test_the_name_of_the_file_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "up.lock").mkdir()
    with pytest.raises(CannotStart, match=r"can't be written \(Is a directory: .*up\.lock\)"), hold(tmp_path):
        pass


def test_a_port_is_taken_once() -> None:
    with listen("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(CannotStart, match=f"Port {port} is in use"):
            listen("127.0.0.1", port)


def test_a_host_that_no_one_knows_is_refused() -> None:
    with pytest.raises(CannotStart, match=r"HOST no-such-host\.invalid can't be listened on"):
        listen("no-such-host.invalid", 0)
