"""What must hold before anything starts: the data directory is ours alone and can be written, the port is free."""

import errno
import fcntl
import os
import shutil
import socket
from pathlib import Path
from typing import IO

SMALLEST_DISK = 200 * 1024 * 1024  # bytes; a new PostgreSQL cluster takes 60 MB, its log as much again


class CannotStart(Exception):
    """Why `up` does not start, in one sentence with the fix."""


def hold(directory: Path) -> IO[str]:
    """Lock the data directory for as long as the answer stays open; CannotStart when it is taken or not usable.

    The lock is the kernel's: it goes with the process, however that ends.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        lock = (directory / "up.lock").open("a+")
        _try_writing(directory)
    except OSError as error:
        raise unusable(directory, error) from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.seek(0)
        raise CannotStart(
            f"MemoryLoop already runs on {directory} (process {lock.read().strip() or 'unknown'}); "
            "stop it first, or set DATA_DIR to another directory."
        ) from None
    free = shutil.disk_usage(directory).free
    if free < SMALLEST_DISK:
        raise CannotStart(
            f"DATA_DIR {directory} has {free // 1024**2} MB free and needs {SMALLEST_DISK // 1024**2} MB: make room."
        )
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def unusable(directory: Path, error: OSError) -> CannotStart:
    reason = error.strerror or str(error)
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


def _try_writing(directory: Path) -> None:
    probe = directory / ".probe"
    probe.write_bytes(b"0" * 4096)
    probe.unlink()
