"""`up` checks the data directory and the port first. Each error tells the operator what to do."""

import os
from pathlib import Path

import pytest

from operations.up import preflight
from operations.up.preflight import StartupError, lock_data_directory, open_listener


def test_a_directory_is_locked_once_and_released_afterwards(tmp_path: Path) -> None:
    message = f"already runs on {tmp_path} \\(process {os.getpid()}\\)"
    with lock_data_directory(tmp_path), pytest.raises(StartupError, match=message), lock_data_directory(tmp_path):
        pass
    with lock_data_directory(tmp_path):
        assert (tmp_path / "up.lock").read_text() == str(os.getpid())


def test_a_missing_directory_is_created(tmp_path: Path) -> None:
    with lock_data_directory(tmp_path / "new" / "data"):
        assert (tmp_path / "new" / "data").is_dir()


def test_a_full_disk_is_reported_before_anything_is_created(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight, "MIN_FREE_BYTES", 1 << 60)
    with pytest.raises(StartupError, match=r"has \d+ MB free and needs"), lock_data_directory(tmp_path):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["up.lock"]


def test_the_message_names_the_file_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "up.lock").mkdir()
    with (
        pytest.raises(StartupError, match=r"can't write to DATA_DIR .* \(Is a directory: .*up\.lock\)"),
        lock_data_directory(tmp_path),
    ):
        pass


def test_a_port_in_use_is_refused() -> None:
    with open_listener("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(StartupError, match=f"Port {port} is in use"):
            open_listener("127.0.0.1", port)


def test_an_unknown_host_is_refused() -> None:
    with pytest.raises(StartupError, match=r"can't listen on HOST no-such-host\.invalid"):
        open_listener("no-such-host.invalid", 0)
