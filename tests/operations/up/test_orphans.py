"""Orphaned processes of the data directory are stopped, and other processes are left alone."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from operations.up.orphans import remove_stale_pid_file, stop_orphaned_processes
from operations.up.programs import DATA_DIR_MARK

Sleeper = Callable[[str], "subprocess.Popen[bytes]"]


@pytest.fixture
def sleeper() -> Iterator[Sleeper]:
    """A function that starts a sleeping program, marked with a data directory."""
    started: list[subprocess.Popen[bytes]] = []

    def start(directory: str) -> "subprocess.Popen[bytes]":
        environment = {**os.environ, DATA_DIR_MARK: directory}
        started.append(
            subprocess.Popen(
                [sys.executable, "-c", "import time; print(flush=True); time.sleep(60)"],
                env=environment,
                stdout=subprocess.PIPE,
            )
        )
        assert started[-1].stdout is not None
        started[-1].stdout.readline()
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_only_processes_of_this_directory_are_stopped(sleeper: Sleeper, tmp_path: Path) -> None:
    ours, theirs = sleeper(str(tmp_path)), sleeper(f"{tmp_path}-other")
    assert len(stop_orphaned_processes(tmp_path)) == 1
    assert ours.wait(1) < 0
    assert theirs.poll() is None


def test_a_pid_file_that_names_another_program_is_removed(tmp_path: Path) -> None:
    (tmp_path / "postmaster.pid").write_text(f"{os.getpid()}\n{tmp_path}\n")
    remove_stale_pid_file(tmp_path)
    assert not (tmp_path / "postmaster.pid").exists()


def test_a_pid_file_that_names_a_zombie_is_removed(sleeper: Sleeper, tmp_path: Path) -> None:
    zombie = sleeper("/another/directory")
    zombie.kill()
    (tmp_path / "postmaster.pid").write_text(f"{zombie.pid}\n{tmp_path}\n")
    remove_stale_pid_file(tmp_path)
    assert not (tmp_path / "postmaster.pid").exists()


@pytest.mark.parametrize("content", ["", "not a number", "999999999\n/somewhere\n"])
def test_a_pid_file_that_names_no_process_is_left_to_postgresql(tmp_path: Path, content: str) -> None:
    (tmp_path / "postmaster.pid").write_text(content)
    remove_stale_pid_file(tmp_path)
    assert (tmp_path / "postmaster.pid").exists()
