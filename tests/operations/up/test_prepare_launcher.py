"""The process that prepares the database, from the side of `up`. `tests/operations/test_up.py` has the real errors."""

import psutil
import pytest

from operations.up.preflight import StartupError
from operations.up.prepare_launcher import preparation


def kill_preparation() -> None:
    [process] = [child for child in psutil.Process().children() if "operations.up.prepare_process" in child.cmdline()]
    process.kill()


@pytest.mark.slow
def test_a_preparation_that_dies_is_reported() -> None:
    with preparation() as prepare:
        kill_preparation()
        with pytest.raises(StartupError, match=r"Preparing the database failed \(exit status -9\)"):
            prepare()
