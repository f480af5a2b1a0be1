"""The programs that `manage.py up` keeps alive: how each is started so that none outlives it, and how it is stopped."""

import ctypes
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict

# Every program carries its data directory under this name: that is how a later start knows its own leftovers.
MARK = "MEMORYLOOP_STARTED_FOR"

PR_SET_PDEATHSIG = 1

Process = subprocess.Popen[bytes]


@dataclass(frozen=True)
class Program:
    """One command. `stop_signal` asks it to finish and leave; `orphan_signal` reaches it when its parent dies."""

    name: str
    command: Sequence[str]
    directory: Path
    stop_signal: signal.Signals = signal.SIGTERM
    orphan_signal: signal.Signals = signal.SIGKILL
    log: Path | None = None
    account: str | None = None
    is_server: bool = False  # other programs use it: it starts before them and stops after them
    environment: Mapping[str, str] = field(default_factory=dict)
    files: Sequence[int] = ()  # open descriptors that it inherits

    def start(self) -> Process:
        """Start it in a group of its own, so that a Ctrl-C in the terminal reaches `up` alone."""
        with ExitStack() as stack:
            sink = stack.enter_context(self.log.open("ab")) if self.log else None
            return subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
                env={**os.environ, **self.environment, MARK: str(self.directory)},
                pass_fds=self.files,
                process_group=0,
                preexec_fn=_leave_with_parent(self.orphan_signal),
                **as_account(self.account),
            )


class Account(TypedDict, total=False):
    user: str
    group: int
    extra_groups: Sequence[int]


def as_account(name: str | None) -> Account:
    """Arguments of subprocess that give up root for this account, its groups included."""
    return Account(user=name, group=pwd.getpwnam(name).pw_gid, extra_groups=[]) if name else Account()


def see_off(process: Process, seconds: float) -> None:
    """Wait until it has left; kill it, and what it started, when that takes longer."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _leave_with_parent(orphan_signal: signal.Signals) -> Callable[[], None] | None:
    """Linux sends the signal when the parent is gone, even by kill -9; elsewhere the next start finds the orphan."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)
    parent = os.getpid()

    def ask_kernel() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(orphan_signal))
        if os.getppid() != parent:  # it died before the kernel was asked
            os.kill(os.getpid(), signal.SIGKILL)

    return ask_kernel
