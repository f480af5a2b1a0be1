"""Programs of an earlier start that was killed: they would hold the database and the port."""

import signal
import time
from contextlib import suppress
from pathlib import Path

import psutil

from operations.up.programs import MARK

PATIENCE = 20.0  # seconds for PostgreSQL to write its checkpoint


def stop_leftovers(directory: Path) -> list[str]:
    """Stop what an earlier start on this directory left running; their names.

    Call it while holding the lock of the directory: then whatever bears its mark has no parent that minds it.
    """
    found = _leftovers(directory)
    names = []
    for process in found:
        with suppress(psutil.NoSuchProcess):
            names.append(process.name())
            # PostgreSQL and Valkey write what they have; ours are built to be killed.
            process.send_signal(signal.SIGKILL if "python" in names[-1] else signal.SIGINT)
    for process in _still_alive(found):
        with suppress(psutil.NoSuchProcess):
            process.kill()
    return names


def forget_dead_server(home: Path) -> None:
    """Wait for the children of a killed PostgreSQL, and take its pid file away where that would mislead the next one.

    It would take a zombie, or another program that has the number now, for a running server and refuse to start:
    containers use numbers again soon, and not every first process reaps.
    """
    pid_file = home / "postmaster.pid"
    try:
        number = int(pid_file.read_text().split()[0])
    except (FileNotFoundError, ValueError, IndexError):
        return
    try:
        process = psutil.Process(number)
        misleading = process.status() == psutil.STATUS_ZOMBIE or "postgres" not in process.name()
        if not misleading:
            return
    except psutil.NoSuchProcess:
        misleading = False
    _still_alive(_working_in(home))
    if misleading:
        pid_file.unlink()


def _still_alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Wait for these to end; those that have not when patience does. A zombie has ended, whoever forgot to reap it."""
    end = time.monotonic() + PATIENCE
    while (alive := [process for process in processes if _runs(process)]) and time.monotonic() < end:
        time.sleep(0.02)
    return alive


def _runs(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _working_in(directory: Path) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.cwd() == str(directory):
                found.append(process)
    return found


def _leftovers(directory: Path) -> list[psutil.Process]:
    marked = {}
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.environ().get(MARK) == str(directory):
                marked[process.pid] = process
    marked.pop(psutil.Process().pid, None)
    # PostgreSQL's own children are its business: stop the parents only.
    return [process for process in marked.values() if _parent(process) not in marked]


def _parent(process: psutil.Process) -> int | None:
    try:
        parent: int = process.ppid()
        return parent
    except psutil.NoSuchProcess:
        return None
