"""Where the sockets are, and which names are secret."""

import os
from pathlib import Path

from base.configuration import data_directory


def test_a_socket_is_in_the_data_directory_unless_its_path_is_too_long(tmp_path: Path) -> None:
    assert data_directory.socket_dir(Path("/srv/data"), "valkey") == Path("/srv/data/valkey")
    deep = tmp_path / ("ä" * 60)
    short = data_directory.socket_dir(deep, "valkey")
    assert len(os.fsencode(short)) <= data_directory.MAX_SOCKET_DIR_LENGTH
    assert short == data_directory.socket_dir(deep, "valkey") != data_directory.socket_dir(deep, "postgres")
