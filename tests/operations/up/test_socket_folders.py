"""The directory of a socket is refused when another account could have made it."""

import os
import stat
from pathlib import Path

import pytest

from operations.up.servers import valkey
from operations.up.socket_folders import ForeignFolder, make_socket_folder


def test_it_is_created_once_and_private(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        for _ in range(2):
            make_socket_folder(tmp_path / "new" / "sockets")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new" / "sockets").stat().st_mode) == 0o700


def test_a_link_is_refused(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.mkdir(mode=0o700)
    (tmp_path / "sockets").symlink_to(target)
    with pytest.raises(ForeignFolder, match="Delete it, or set DATA_DIR to a shorter path"):
        make_socket_folder(tmp_path / "sockets")
    assert list(target.iterdir()) == []


@pytest.mark.parametrize("mode", [0o755, 0o770, 0o701])
def test_a_directory_that_others_may_enter_is_refused(tmp_path: Path, mode: int) -> None:
    (tmp_path / "sockets").mkdir()
    (tmp_path / "sockets").chmod(mode)
    with pytest.raises(ForeignFolder):
        make_socket_folder(tmp_path / "sockets")


def test_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sockets").touch(mode=0o600)
    with pytest.raises(ForeignFolder):
        make_socket_folder(tmp_path / "sockets")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory to another account")
def test_a_directory_of_another_account_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sockets").mkdir(mode=0o700)
    os.chown(tmp_path / "sockets", 65534, -1)
    with pytest.raises(ForeignFolder):
        make_socket_folder(tmp_path / "sockets")


def test_a_server_with_a_long_data_directory_refuses_a_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("base.configuration.data_directory.gettempdir", lambda: str(tmp_path))
    directory = tmp_path / ("d" * 100)
    directory.mkdir()
    wanted = Path(str(valkey(directory).program.command[4])).parent
    assert wanted.parent == tmp_path
    wanted.rmdir()
    wanted.symlink_to(directory)
    with pytest.raises(ForeignFolder):
        valkey(directory)
