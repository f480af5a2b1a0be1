"""Knowing one's own leftovers from other people's programs."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from operations.up.orphans import forget_dead_server, stop_leftovers
from operations.up.programs import MARK

Sleeper = Callable[[str], "subprocess.Popen[bytes]"]


@pytest.fixture
def sleeper() -> Iterator[Sleeper]:
    """Starts a program that sleeps and bears a mark."""
    started: list[subprocess.Popen[bytes]] = []

    def start(mark: str) -> "subprocess.Popen[bytes]":
        environment = {**os.environ, MARK: mark}
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


def test_only_what_bears_this_directorys_mark_is_stopped(sleeper: Sleeper, tmp_path: Path) -> None:
    ours, theirs = sleeper(str(tmp_path)), sleeper(f"{tmp_path}-other")
    assert len(stop_leftovers(tmp_path)) == 1
    assert ours.wait(1) < 0
    assert theirs.poll() is None


def test_a_pid_file_that_names_another_program_goes(tmp_path: Path) -> None:
    (tmp_path / "postmaster.pid").write_text(f"{os.getpid()}\n{tmp_path}\n")
    forget_dead_server(tmp_path)
    assert not (tmp_path / "postmaster.pid").exists()


def test_a_pid_file_that_names_a_zombie_goes(sleeper: Sleeper, tmp_path: Path) -> None:
    zombie = sleeper("nobody")
    zombie.kill()
    (tmp_path / "postmaster.pid").write_text(f"{zombie.pid}\n{tmp_path}\n")
    forget_dead_server(tmp_path)
    assert not (tmp_path / "postmaster.pid").exists()


@pytest.mark.parametrize("content", ["", "not a number", "999999999\n/somewhere\n"])
def test_a_pid_file_that_names_no_program_is_left_to_postgresql(tmp_path: Path, content: str) -> None:
    (tmp_path / "postmaster.pid").write_text(content)
    forget_dead_server(tmp_path)
    assert (tmp_path / "postmaster.pid").exists()
