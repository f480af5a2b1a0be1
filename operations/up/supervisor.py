"""Restarts programs that exit, with growing delays, until one is in a crash loop."""

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType

from operations.up.programs import Process, Program, wait_or_kill

EARLY_EXIT = 10.0  # seconds; a program that exits sooner after its start may be in a crash loop
MAX_EARLY_EXITS = 5  # in a row
FIRST_DELAY = 0.25  # seconds before the first restart; each early exit doubles it
MAX_DELAY = 60.0  # seconds
PROGRAM_GRACE = 8.0  # seconds that web and worker have to finish their work when `up` stops
SERVER_GRACE = 20.0  # seconds that PostgreSQL has to write its checkpoint
CHECK_INTERVAL = 0.1  # seconds


class StopRequested(Exception):
    """`up` received SIGINT (Ctrl-C), SIGTERM or SIGHUP."""


class CrashLoop(Exception):
    """A program keeps exiting right after its start. The message names the program and where to look."""


@dataclass
class SupervisedProcess:
    """A program and its current process. `restart_at` is set while the program waits for its next start."""

    program: Program
    process: Process
    started_at: float = field(default_factory=time.monotonic)
    early_exits: int = 0
    restart_at: float | None = None


@dataclass
class Supervisor:
    """Keeps programs running until `stop`. `notify` takes messages for the operator."""

    notify: Callable[[str], object]
    processes: list[SupervisedProcess] = field(default_factory=list)
    stop_requested: bool = False

    def start(self, program: Program) -> None:
        self.adopt(program, program.start())

    def adopt(self, program: Program, process: Process) -> None:
        """Supervise a program that is already running."""
        self.processes.append(SupervisedProcess(program, process))

    def request_stop(self, number: int, frame: FrameType | None) -> None:
        """Handle a signal. Raises StopRequested.

        Python swallows exceptions from signal handlers in some places, for example in `__del__`. The next `check`
        raises StopRequested again.
        """
        self.stop_requested = True
        raise StopRequested

    def check(self) -> None:
        """Restart programs that have exited. Raises CrashLoop, and StopRequested after a signal."""
        if self.stop_requested:
            raise StopRequested
        now = time.monotonic()
        for supervised in self.processes:
            if supervised.restart_at is not None:
                if now >= supervised.restart_at:
                    supervised.process = supervised.program.start()
                    supervised.started_at, supervised.restart_at = now, None
            elif supervised.process.poll() is not None:
                self._schedule_restart(supervised, now)

    def run(self) -> None:
        """Check forever. Only StopRequested and CrashLoop end it."""
        while True:
            self.check()
            time.sleep(CHECK_INTERVAL)

    def stop(self) -> None:
        """Stop web and worker, then the servers that they use. A second Ctrl-C kills all of them."""
        handle_stop_signals(self._kill_all)
        for is_server, grace in ((False, PROGRAM_GRACE), (True, SERVER_GRACE)):
            stopping = [supervised for supervised in self.processes if supervised.program.is_server is is_server]
            for supervised in stopping:
                supervised.process.send_signal(supervised.program.stop_signal)
            deadline = time.monotonic() + grace
            for supervised in stopping:
                wait_or_kill(supervised.process, max(0.1, deadline - time.monotonic()))

    def _kill_all(self, number: int, frame: FrameType | None) -> None:
        for supervised in self.processes:
            supervised.process.kill()

    def _schedule_restart(self, supervised: SupervisedProcess, now: float) -> None:
        name, log = supervised.program.name, supervised.program.log
        exit_reason = _exit_reason(supervised.process.returncode)
        exited_early = now - supervised.started_at < EARLY_EXIT
        supervised.early_exits = supervised.early_exits + 1 if exited_early else 0
        if supervised.early_exits >= MAX_EARLY_EXITS and not supervised.program.is_optional:
            where = f"See its log at {log}." if log else "See its output above."
            raise CrashLoop(f"{name} exited {MAX_EARLY_EXITS} times right after its start ({exit_reason}). {where}")
        delay = min(MAX_DELAY, FIRST_DELAY * 2 ** max(0, supervised.early_exits - 1))
        supervised.restart_at = now + delay
        self.notify(f"{name} exited ({exit_reason}). Restarting it in {delay:g} s.")


def handle_stop_signals(handler: Callable[[int, FrameType | None], object]) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, handler)


def _exit_reason(status: int) -> str:
    return f"killed by {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"
