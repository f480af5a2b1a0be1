"""Runs the checks of health for load balancers and operators.

They run in parallel, and a report takes a little over a second at most.
"""

import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from time import monotonic
from typing import Any

from operations.checks.findings import Check, Finding, Level, worst
from operations.checks.listing import HEALTH
from operations.checks.running import findings_of, wait_for

TIMEOUT = 1.0  # seconds for all checks together
CACHED_FOR = 1.0  # seconds; the endpoint is public, so many requests to it must not slow the server down
STALE_FOR = 60.0  # seconds for which a call to another server keeps its last result while a new one is awaited


class Standing(StrEnum):
    OK = "ok"
    DEGRADED = "degraded"
    DOWN = "down"


Details = Mapping[str, Any]

# The parts that are down when their check fails. Any other part is degraded then.
PARTS = ("postgres", "valkey", "worker")


@dataclass(frozen=True)
class Report:
    """`checks` maps the name of each check to its status and figures."""

    status: Standing
    checks: Mapping[str, Details]


@dataclass(frozen=True)
class Result:
    findings: Sequence[Finding]
    at: float  # of the monotonic clock


# A hanging check occupies its thread. When every thread hangs, later reports time out in the same way.
_threads = ThreadPoolExecutor(max_workers=12, thread_name_prefix="health")
_lock = threading.Lock()
_cached: tuple[float, Report] | None = None
_results: dict[str, Result] = {}  # of the checks that call other servers
_running: dict[str, "Future[Sequence[Finding]]"] = {}


def recent_report() -> Report:
    """A report that is at most CACHED_FOR old."""
    global _cached
    with _lock:
        if _cached is None or monotonic() - _cached[0] > CACHED_FOR:
            _cached = (monotonic(), report())
        return _cached[1]


def report() -> Report:
    """Run all checks. The status is `down` only without PostgreSQL, because every other part recovers by itself."""
    checks = _run(HEALTH)
    if checks["postgres"]["status"] != Standing.OK:
        status = Standing.DOWN
    elif all(check["status"] == Standing.OK for check in checks.values()):
        status = Standing.OK
    else:
        status = Standing.DEGRADED
    return Report(status, checks)


def postgres_answers() -> bool:
    postgres = [check for check in HEALTH if check.name == "postgres"]
    return bool(_run(postgres)["postgres"]["status"] == Standing.OK)


def _run(checks: Sequence[Check]) -> dict[str, Details]:
    deadline = monotonic() + TIMEOUT
    running = {check.name: _start(check) for check in checks}
    return {check.name: _details(check.name, _findings(check, running[check.name], deadline)) for check in checks}


def _start(check: Check) -> "Future[Sequence[Finding]]":
    """Start the check, unless it calls another server and its last call has not ended or is fresh."""
    if not check.fresh_for:
        return _threads.submit(findings_of, check)
    running = _running.get(check.name)
    last = _results.get(check.name)
    if running is None or (running.done() and (last is None or monotonic() - last.at > check.fresh_for)):
        running = _running[check.name] = _threads.submit(_remember, check)
    return running


def _remember(check: Check) -> Sequence[Finding]:
    findings = findings_of(check)
    _results[check.name] = Result(findings, monotonic())
    return findings


def _findings(check: Check, running: "Future[Sequence[Finding]]", deadline: float) -> Sequence[Finding]:
    last = _results.get(check.name)
    if not running.done() and last is not None and monotonic() - last.at < STALE_FOR:
        return last.findings
    return wait_for(running, deadline - monotonic(), limit=TIMEOUT)


def _details(name: str, findings: Sequence[Finding]) -> Details:
    figures: dict[str, Any] = {}
    for finding in findings:
        figures |= finding.figures
    level = worst(findings)
    if level is Level.OK:
        return {"status": Standing.OK, **figures}
    status = Standing.DOWN if level is Level.FAILURE and name in PARTS else Standing.DEGRADED
    problems = [f"{finding.message} {finding.advice}".strip() for finding in findings if finding.level is not Level.OK]
    return {"status": status, **figures, "detail": " ".join(problems)}
