"""Cleans up after an `up` that was killed: its orphaned processes would keep the database and the index locked."""

import signal
import time
from contextlib import suppress
from pathlib import Path

import psutil

from operations.up.programs import DATA_DIR_MARK

STOP_TIMEOUT = 20.0  # seconds; PostgreSQL writes a checkpoint before it ends


def stop_orphaned_processes(directory: Path) -> list[str]:
    """Stop the processes that an earlier `up` left running on this data directory. Returns their names.

    The caller must hold the lock of the directory: only then is every process with its mark an orphan.
    """
    orphans = _orphans(directory)
    names = []
    for process in orphans:
        with suppress(psutil.NoSuchProcess):
            names.append(process.name())
            # PostgreSQL and Valkey must write their data first. Our own programs are safe to kill.
            process.send_signal(signal.SIGKILL if "python" in names[-1] else signal.SIGINT)
    for process in _wait_for_exit(orphans):
        with suppress(psutil.NoSuchProcess):
            process.kill()
    return names


def remove_stale_pid_file(home: Path) -> None:
    """Wait for the child processes of a killed PostgreSQL, and remove its pid file if that names another process.

    PostgreSQL refuses to start when the process in its pid file exists, even if that is a zombie or an unrelated
    program. Both happen in containers: process ids are reused soon, and not every init process reaps zombies.
    """
    pid_file = home / "postmaster.pid"
    try:
        pid = int(pid_file.read_text().split()[0])
    except (FileNotFoundError, ValueError, IndexError):
        return
    try:
        process = psutil.Process(pid)
        stale = process.status() == psutil.STATUS_ZOMBIE or "postgres" not in process.name()
        if not stale:
            return
    except psutil.NoSuchProcess:
        stale = False  # PostgreSQL itself ignores a pid file without a process
    _wait_for_exit(_processes_working_in(home))
    if stale:
        pid_file.unlink()


def _wait_for_exit(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Wait up to STOP_TIMEOUT. Returns the processes that are still running."""
    deadline = time.monotonic() + STOP_TIMEOUT
    while (running := [process for process in processes if _is_running(process)]) and time.monotonic() < deadline:
        time.sleep(0.02)
    return running


def _is_running(process: psutil.Process) -> bool:
    """A zombie has ended, whether or not its parent has reaped it."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _processes_working_in(directory: Path) -> list[psutil.Process]:
    processes = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.cwd() == str(directory):
                processes.append(process)
    return processes


def _orphans(directory: Path) -> list[psutil.Process]:
    marked = {}
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.environ().get(DATA_DIR_MARK) == str(directory):
                marked[process.pid] = process
    marked.pop(psutil.Process().pid, None)
    # Only parents: PostgreSQL stops its own child processes.
    return [process for process in marked.values() if _parent_pid(process) not in marked]


def _parent_pid(process: psutil.Process) -> int | None:
    try:
        pid: int = process.ppid()
        return pid
    except psutil.NoSuchProcess:
        return None
