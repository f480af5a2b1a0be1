"""Runs every check once, in parallel, each within its time limit."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Thread
from time import monotonic

from operations.checks.findings import Check, Finding, Level, worst
from operations.checks.running import findings_of, wait_for


@dataclass(frozen=True)
class Examination:
    """The findings of each check, and for each skipped check the one that it needs and that did not pass."""

    findings: Mapping[str, Sequence[Finding]]
    skipped: Mapping[str, str]

    @property
    def level(self) -> Level:
        return worst([finding for findings in self.findings.values() for finding in findings])


def examine(checks: Sequence[Check]) -> Examination:
    """Run the checks. One that needs others waits for them, and is skipped unless all of them have only good findings.

    Findings are in the order of `checks`.
    """
    findings: dict[str, Sequence[Finding]] = {}
    skipped: dict[str, str] = {}
    waiting = list(checks)
    while waiting:
        ready = [check for check in waiting if {*findings, *skipped}.issuperset(check.needs)]
        waiting = [check for check in waiting if check not in ready]
        runnable = []
        for check in ready:
            if unmet := _unmet(check, findings):
                skipped[check.name] = unmet
            else:
                runnable.append(check)
        findings |= _run(runnable)
    return Examination({check.name: findings[check.name] for check in checks if check.name in findings}, skipped)


def _unmet(check: Check, findings: Mapping[str, Sequence[Finding]]) -> str:
    """The first check that this one needs and that was skipped or did not pass; empty if there is none."""
    unmet = (name for name in check.needs if name not in findings or worst(findings[name]) is not Level.OK)
    return next(unmet, "")


def _run(checks: Sequence[Check]) -> dict[str, Sequence[Finding]]:
    began = monotonic()
    running = {check.name: _start(check) for check in checks}
    return {
        check.name: wait_for(running[check.name], began + check.seconds - monotonic(), limit=check.seconds)
        for check in checks
    }


def _start(check: Check) -> "Future[Sequence[Finding]]":
    """Run the check in a thread that does not keep the command from ending, unlike those of an executor."""
    future: Future[Sequence[Finding]] = Future()
    Thread(target=lambda: future.set_result(findings_of(check)), name=check.name, daemon=True).start()
    return future
