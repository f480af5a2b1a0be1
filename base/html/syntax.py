"""Highlighting of code by Pygments in a process of its own, which can be killed when it takes too long.

A lexer is a list of regular expressions. Some take seconds for a crafted text, and hold Python's interpreter meanwhile.
"""

import atexit
import json
import logging
import os
import signal
import socket
import struct
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from threading import Lock

from base.html.caches import SizedCache

logger = logging.getLogger(__name__)

LENGTH = struct.Struct("!I")  # of a frame, as in the program
PROGRAM = Path(__file__).with_name("syntax_process.py")
# The process reads text of users. It needs no secrets, only to find its libraries.
ENVIRONMENT = ("PATH", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "SYSTEMROOT")
CPU_SECONDS = 0.5  # for one block of code; ordinary ones take 0.1 or less
WALL_SECONDS = 5.0  # for one block, on a machine that is busy
START_SECONDS = 5.0
BUSY_SECONDS = 0.2  # to wait for another thread's block
PAUSE = 1.0  # seconds without waiting, after waiting was in vain
RETRY_SECONDS = 30.0  # after a start that failed
MAX_CACHE_SIZE = 5_000_000  # characters of HTML


@dataclass(frozen=True)
class Highlighting:
    """`html` is None where the code has to be shown plain; for good if that is `final`, otherwise this time only."""

    html: str | None
    final: bool = True


TOO_SLOW = Highlighting(None)
UNAVAILABLE = Highlighting(None, final=False)


class SyntaxHighlighter:
    """Starts its process with the first request, and starts it again when it has ended. Safe for threads.

    One thread at a time is served. The others wait for a moment, and then do without, so that a slow block does not
    hold up other users.
    """

    def __init__(self, *, cpu_seconds: float = CPU_SECONDS, wall_seconds: float = WALL_SECONDS) -> None:
        self._cpu_seconds, self._wall_seconds = cpu_seconds, wall_seconds
        self._cache = SizedCache[Highlighting](MAX_CACHE_SIZE)
        self._process: subprocess.Popen[bytes] | None = None
        self._forget()
        os.register_at_fork(after_in_child=self._forget)
        atexit.register(self.close)

    def highlight(self, text: str, language: str, *, growing: bool = False) -> Highlighting:
        """The code as HTML; `language` must be a name that Pygments knows. Never raises.

        The result is cached. For code that is still `growing`, only the fact that it takes too long is cached.
        """
        key = language, sha256(text.encode()).digest()
        known = self._cache.get(key)
        if known or not self._wait():
            return known or UNAVAILABLE
        try:
            highlighting = self._cache.get(key) or self._ask(text, language)
        finally:
            self._lock.release()
        if highlighting.final and not (growing and highlighting.html):
            self._cache.put(key, highlighting, len(highlighting.html or ""))
        return highlighting

    def close(self) -> int | None:
        """End the process; the next request starts another one. Returns its exit status if there was a process."""
        process, self._process, self._ready = self._process, None, False
        if process is None:
            return None
        process.kill()  # which does not change the exit status of a process that has ended
        self._connection.close()
        return process.wait()

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def _forget(self) -> None:
        """A forked process must not use its parent's highlighter, nor wait for a thread that it does not have."""
        self._lock = Lock()
        if self._process:
            self._process.returncode = 0  # otherwise Python would wait for another process's child
            self._connection.close()
        self._process, self._ready = None, False
        self._started_at = self._pause_until = self._retry_at = 0.0

    def _wait(self) -> bool:
        """Take the lock; False while the process is busy."""
        if self._lock.acquire(blocking=False):
            return True
        if time.monotonic() < self._pause_until:
            return False
        if self._lock.acquire(timeout=BUSY_SECONDS):
            return True
        self._pause_until = time.monotonic() + PAUSE
        return False

    def _ask(self, text: str, language: str) -> Highlighting:
        if not self._is_ready():
            return UNAVAILABLE
        deadline = time.monotonic() + self._wall_seconds
        try:
            self._send(json.dumps([language, text]).encode(), deadline)
            return Highlighting(self._receive(deadline).decode())
        except OSError as error:
            too_slow = self.close() == -signal.SIGPROF or isinstance(error, TimeoutError)
        logger.warning(
            "Highlighting %d characters of %s %s", len(text), language, "took too long" if too_slow else "failed"
        )
        with suppress(OSError):
            self._start()  # it will be ready for a later request; this one has waited long enough
        return TOO_SLOW if too_slow else UNAVAILABLE

    def _is_ready(self) -> bool:
        """Whether the process can take a request. Only the first start is waited for."""
        if self._ready:
            return True
        now = time.monotonic()
        if now < self._retry_at:
            return False
        try:
            if self._process is None:
                self._start()
                self._receive(now + START_SECONDS)
            else:
                self._receive(now)
            self._ready = True
        except OSError as error:
            if isinstance(error, TimeoutError) and time.monotonic() < self._started_at + START_SECONDS:
                return False
            logger.warning("Code is not highlighted, because the process for it does not start: %s", error)
            self.close()
            self._retry_at = time.monotonic() + RETRY_SECONDS
        return self._ready

    def _start(self) -> None:
        self._connection, theirs = socket.socketpair()
        self._started_at = time.monotonic()
        command = [sys.executable, "-P", str(PROGRAM), str(self._cpu_seconds)]
        environment = {name: os.environ[name] for name in ENVIRONMENT if name in os.environ}
        try:
            self._process = subprocess.Popen(
                command, stdin=theirs.fileno(), stdout=theirs.fileno(), env=environment, cwd="/"
            )
        except OSError:
            self._connection.close()
            raise
        finally:
            theirs.close()

    def _send(self, content: bytes, deadline: float) -> None:
        self._connection.settimeout(deadline - time.monotonic())
        self._connection.sendall(LENGTH.pack(len(content)) + content)

    def _receive(self, deadline: float) -> bytes:
        """The next frame. Raises TimeoutError at the deadline, and ConnectionError when the process has ended."""
        (length,) = LENGTH.unpack(self._receive_exactly(LENGTH.size, deadline))
        return self._receive_exactly(length, deadline)

    def _receive_exactly(self, length: int, deadline: float) -> bytes:
        content = b""
        while len(content) < length:
            self._connection.settimeout(max(0.001, deadline - time.monotonic()))
            piece = self._connection.recv(length - len(content))
            if not piece:
                raise ConnectionResetError
            content += piece
        return content
