"""Keeping programs alive: one that dies is started again, ever slower, and given up after five quick deaths."""

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType

from operations.up.programs import Process, Program, see_off

QUICK = 10.0  # seconds; a shorter life counts as a quick death
MOST_QUICK_DEATHS = 5
FIRST_PAUSE = 0.25  # seconds before the first restart; doubles with each quick death
GRACE = 8.0  # seconds that jobs have at the end to finish what they do
SERVER_GRACE = 20.0  # seconds for PostgreSQL to write its checkpoint
LOOK = 0.1  # seconds between two looks


class Ended(Exception):
    """Somebody asked `up` to stop, by Ctrl-C or SIGTERM."""


class GaveUp(Exception):
    """A program keeps ending right after its start."""


@dataclass
class Kept:
    """A program that is being kept alive."""

    program: Program
    process: Process
    born: float = field(default_factory=time.monotonic)
    quick_deaths: int = 0
    next_start: float | None = None


@dataclass
class Supervisor:
    """Keeps what it was given alive until the end; `say` tells the person what happened."""

    say: Callable[[str], object]
    kept: list[Kept] = field(default_factory=list)
    ended: bool = False

    def start(self, program: Program) -> None:
        self.kept.append(Kept(program, program.start()))

    def adopt(self, program: Program, process: Process) -> None:
        """Keep a program that runs already."""
        self.kept.append(Kept(program, process))

    def end(self, number: int, frame: FrameType | None) -> None:
        """The handler of Ctrl-C and SIGTERM: raises Ended now, and at the next look where Python swallowed that."""
        self.ended = True
        raise Ended

    def look(self) -> None:
        """Start again what died; GaveUp when that is hopeless."""
        if self.ended:
            raise Ended
        now = time.monotonic()
        for kept in self.kept:
            if kept.next_start is not None:
                if now >= kept.next_start:
                    kept.process, kept.born, kept.next_start = kept.program.start(), now, None
            elif kept.process.poll() is not None:
                self._mourn(kept, now)

    def run(self) -> None:
        """Look again and again; ends by Ended or GaveUp only."""
        while True:
            self.look()
            time.sleep(LOOK)

    def stop(self) -> None:
        """Stop everything: jobs first, then the servers that they use. A second Ctrl-C insists."""
        on_end_signals(self._insist)
        for is_server, grace in ((False, GRACE), (True, SERVER_GRACE)):
            leaving = [kept for kept in self.kept if kept.program.is_server is is_server]
            for kept in leaving:
                kept.process.send_signal(kept.program.stop_signal)
            last_moment = time.monotonic() + grace
            for kept in leaving:
                see_off(kept.process, max(0.1, last_moment - time.monotonic()))

    def _insist(self, number: int, frame: FrameType | None) -> None:
        for kept in self.kept:
            kept.process.kill()

    def _mourn(self, kept: Kept, now: float) -> None:
        status, name = kept.process.returncode, kept.program.name
        kept.quick_deaths = kept.quick_deaths + 1 if now - kept.born < QUICK else 1
        if kept.quick_deaths >= MOST_QUICK_DEATHS:
            where = f"its log is {kept.program.log}" if kept.program.log else "its last words stand above"
            raise GaveUp(f"{name} ended {MOST_QUICK_DEATHS} times right after its start ({_ending(status)}); {where}.")
        pause = FIRST_PAUSE * 2 ** (kept.quick_deaths - 1)
        kept.next_start = now + pause
        self.say(f"{name} ended ({_ending(status)}); it is started again in {pause:g} s.")


def on_end_signals(handler: Callable[[int, FrameType | None], object]) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, handler)


def _ending(status: int) -> str:
    return f"by {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"
