"""The programs that `manage.py up` supervises: how they start, stop, and end when `up` itself is killed."""

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

# This environment variable of every program names its data directory. A later start finds orphaned processes by it.
DATA_DIR_MARK = "MEMORYLOOP_STARTED_FOR"

PR_SET_PDEATHSIG = 1

Process = subprocess.Popen[bytes]


@dataclass(frozen=True)
class Program:
    """A command. `stop_signal` asks it to end; the kernel sends `orphan_signal` when its parent process dies."""

    name: str
    command: Sequence[str]
    directory: Path
    stop_signal: signal.Signals = signal.SIGTERM
    orphan_signal: signal.Signals = signal.SIGKILL
    log: Path | None = None
    account: str | None = None
    is_server: bool = False  # other programs need it, so it starts before them and stops after them
    is_optional: bool = False  # the others work without it, so it may exit as often as it wants
    environment: Mapping[str, str] = field(default_factory=dict)
    inherited_files: Sequence[int] = ()  # open file descriptors

    def start(self) -> Process:
        """Start the program in its own process group, so that a Ctrl-C in the terminal only reaches `up`."""
        with ExitStack() as stack:
            log = stack.enter_context(self.log.open("ab")) if self.log else None
            return subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **self.environment, DATA_DIR_MARK: str(self.directory)},
                pass_fds=self.inherited_files,
                process_group=0,
                preexec_fn=_signal_on_parent_death(self.orphan_signal),
                **run_as(self.account),
            )


class AccountArguments(TypedDict, total=False):
    user: str
    group: int
    extra_groups: Sequence[int]


def run_as(name: str | None) -> AccountArguments:
    """Arguments for subprocess that switch from root to this account and drop root's groups."""
    return AccountArguments(user=name, group=pwd.getpwnam(name).pw_gid, extra_groups=[]) if name else AccountArguments()


def wait_or_kill(process: Process, seconds: float) -> None:
    """Wait for the process to end. After `seconds`, kill its whole process group."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _signal_on_parent_death(orphan_signal: signal.Signals) -> Callable[[], None] | None:
    """Ask Linux to send this signal when the parent dies, even by kill -9.

    Other systems cannot do that; there the next start stops the orphaned processes.
    """
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)
    parent = os.getpid()

    def request_signal() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(orphan_signal))
        if os.getppid() != parent:  # the parent died before this call
            os.kill(os.getpid(), signal.SIGKILL)

    return request_signal
