"""Checks before anything starts: the data directory is locked and writable, and the port is free."""

import errno
import fcntl
import os
import shutil
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

MIN_FREE_BYTES = 200 * 1024 * 1024  # a new PostgreSQL cluster takes 60 MB, and its write-ahead log as much again


class StartupError(Exception):
    """Why `up` cannot start. The message is one line that also tells the operator what to do."""


@contextmanager
def lock_data_directory(directory: Path) -> Iterator[None]:
    """Create the directory if needed, and hold its lock. Raises StartupError when it is locked or not writable.

    The kernel holds the lock and releases it when this process ends, even after kill -9.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        if directory.stat().st_mode & stat.S_ISVTX:
            raise StartupError(f"DATA_DIR {directory} is shared by all accounts. Set it to a directory of its own.")
        lock = (directory / "up.lock").open("a+")
    except OSError as error:
        raise not_writable(directory, error) from None
    with lock:
        _acquire(lock, directory)
        _check_free_space(directory)
        _check_writable(directory)
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def _acquire(lock: IO[str], directory: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.seek(0)
        raise StartupError(
            f"MemoryLoop already runs on {directory} (process {lock.read().strip() or 'unknown'}). "
            "Stop it first, or set DATA_DIR to another directory."
        ) from None


def _check_free_space(directory: Path) -> None:
    free = shutil.disk_usage(directory).free
    if free < MIN_FREE_BYTES:
        raise StartupError(
            f"DATA_DIR {directory} has {free // 1024**2} MB free and needs {MIN_FREE_BYTES // 1024**2} MB. "
            "Free some space, or set DATA_DIR to another directory."
        )


def _check_writable(directory: Path) -> None:
    probe = directory / ".probe"
    try:
        probe.write_bytes(b"0" * 4096)
        probe.unlink()
    except OSError as error:
        raise not_writable(directory, error) from None


def not_writable(directory: Path, error: OSError) -> StartupError:
    reason = f"{error.strerror}: {error.filename}" if error.filename else str(error)
    return StartupError(
        f"MemoryLoop can't write to DATA_DIR {directory} ({reason}). Fix that, or set DATA_DIR to another directory."
    )


def open_listener(host: str, port: int) -> socket.socket:
    """Listen on the site's address. Raises StartupError if that fails.

    `up` holds the socket itself, so that requests wait in its queue while the web process restarts.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise StartupError(
                f"Port {port} is in use on {host}. Stop the program that uses it, or set PORT to another port."
            ) from None
        if error.errno == errno.EACCES:
            raise StartupError(f"This account can't listen on port {port}. Set PORT to 1024 or more.") from None
        raise StartupError(
            f"MemoryLoop can't listen on HOST {host} ({error.strerror}). Set HOST to 127.0.0.1 or 0.0.0.0."
        ) from None
