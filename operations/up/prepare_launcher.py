"""Runs `operations.up.prepare_process`, which prepares the database, so that `up` itself imports no Django."""

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from operations.up.preflight import StartupError

PROJECT = Path(__file__).resolve().parents[2]
CONFIGURED = "The settings are valid."  # the first line from the process
SERVERS_ANSWER = "The servers answer."  # what the process waits for

Prepare = Callable[[], list[str]]


@contextmanager
def preparation() -> Iterator[Prepare]:
    """A function that prepares the database. Call it when the servers answer; it returns messages for the operator.

    The process checks all settings first, and loads Django while the servers start. It writes why it fails, and both
    this and the function then raise StartupError.
    """
    command = [sys.executable, "-m", "operations.up.prepare_process"]
    ours, theirs = socket.socketpair()
    with (
        ours,
        theirs,
        ours.makefile() as lines,
        subprocess.Popen(
            command, cwd=PROJECT, stdin=theirs.fileno(), stdout=theirs.fileno(), process_group=0
        ) as process,
    ):
        theirs.close()
        try:
            if (first := lines.readline()) != f"{CONFIGURED}\n":
                raise StartupError(_reason(first + lines.read(), process))
            yield lambda: _prepare(ours, lines, process)
        finally:
            process.kill()  # it has usually ended


def _prepare(ours: socket.socket, lines: TextIO, process: "subprocess.Popen[bytes]") -> list[str]:
    messages = ""
    with suppress(ConnectionError):  # the process has ended
        ours.sendall(f"{SERVERS_ANSWER}\n".encode())
        messages = lines.read()
    if process.wait():
        raise StartupError(_reason(messages, process))
    return messages.splitlines()


def _reason(messages: str, process: "subprocess.Popen[bytes]") -> str:
    return messages.strip() or f"Preparing the database failed (exit status {process.wait()}). See its output above."
