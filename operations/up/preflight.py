"""What must hold before anything starts: the data directory is ours alone and can be written, the port is free."""

import errno
import fcntl
import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

SMALLEST_DISK = 200 * 1024 * 1024  # bytes; a new PostgreSQL cluster takes 60 MB, its log as much again


class CannotStart(Exception):
    """Why `up` does not start, in one sentence with the fix."""


@contextmanager
def hold(directory: Path) -> Iterator[None]:
    """Lock the data directory meanwhile; CannotStart when it is taken or not usable.

    The lock is the kernel's: it goes with the process, however that ends.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        lock = (directory / "up.lock").open("a+")
    except OSError as error:
        raise unusable(directory, error) from None
    with lock:
        _take(lock, directory)
        _check_room(directory)
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def _take(lock: IO[str], directory: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.seek(0)
        raise CannotStart(
            f"MemoryLoop already runs on {directory} (process {lock.read().strip() or 'unknown'}); "
            "stop it first, or set DATA_DIR to another directory."
        ) from None


def _check_room(directory: Path) -> None:
    free = shutil.disk_usage(directory).free
    if free < SMALLEST_DISK:
        raise CannotStart(
            f"DATA_DIR {directory} has {free // 1024**2} MB free and needs {SMALLEST_DISK // 1024**2} MB: make room."
        )
    probe = directory / ".probe"
    try:
        probe.write_bytes(b"0" * 4096)
        probe.unlink()
    except OSError as error:
        raise unusable(directory, error) from None


def unusable(directory: Path, error: OSError) -> CannotStart:
    reason = f"{error.strerror}: {error.filename}" if error.filename else str(error)
    return CannotStart(f"DATA_DIR {directory} can't be written ({reason}): mend that, or set DATA_DIR to another one.")


def listen(host: str, port: int) -> socket.socket:
    """The socket of the site, held by `up` itself: while the web process is restarted, visitors wait and don't fail."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise CannotStart(
                f"Port {port} is in use on {host}: stop what uses it, or set PORT to another one."
            ) from None
        if error.errno == errno.EACCES:
            raise CannotStart(
                f"Port {port} needs more rights than this account has: set PORT to 1024 or more."
            ) from None
        raise CannotStart(
            f"HOST {host} can't be listened on ({error.strerror}): set HOST to 127.0.0.1 or 0.0.0.0."
        ) from None
