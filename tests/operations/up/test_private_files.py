"""What earlier releases left readable is made private, and links are not followed."""

import stat
from pathlib import Path

import pytest

from operations.up.preflight import StartupError, lock_data_directory
from operations.up.private_files import make_private


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_directories_and_files_lose_the_permissions_of_others(tmp_path: Path) -> None:
    directory = tmp_path / "data"
    (directory / "lancedb" / "deep").mkdir(parents=True)
    text, program = directory / "lancedb" / "deep" / "text", directory / "program"
    for path, before in ((text, 0o664), (program, 0o755), (text.parent, 0o777), (directory, 0o755)):
        path.touch() if not path.exists() else None
        path.chmod(before)
    assert make_private(directory) == []
    assert [mode(path) for path in (text, program, text.parent, directory)] == [0o600, 0o700, 0o700, 0o700]


def test_the_target_of_a_link_keeps_its_permissions(tmp_path: Path) -> None:
    outside, directory = tmp_path / "outside", tmp_path / "data"
    outside.mkdir(mode=0o755)
    (outside / "file").touch(mode=0o644)
    directory.mkdir()
    (directory / "link").symlink_to(outside)
    (directory / "file").symlink_to(outside / "file")
    (directory / "dangling").symlink_to(tmp_path / "nowhere")
    make_private(directory)
    assert (mode(outside), mode(outside / "file")) == (0o755, 0o644)


def test_a_directory_of_all_accounts_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o1777)
    with pytest.raises(StartupError, match="shared by all accounts"), lock_data_directory(tmp_path):
        pass
    assert list(tmp_path.iterdir()) == []
