"""The workers: whether they run, send the periodic tasks, and take tasks in time."""

from collections.abc import Sequence
from datetime import timedelta

from base.jobs import RUNS
from operations import queue_lag
from operations.checks.findings import Finding, failure, ok, warning
from operations.heartbeat import last_seen, valkey_time

WORKER_TIMEOUT = timedelta(seconds=30)
SCHEDULE_TIMEOUT = timedelta(seconds=60)
MAX_LAG = 30.0  # seconds


def worker() -> Sequence[Finding]:
    seen = last_seen()
    if seen is None or valkey_time() - seen > WORKER_TIMEOUT:
        when = f"since {seen:%Y-%m-%d %H:%M:%S} UTC" if seen else "in the last hour"
        return [
            failure(
                f"No worker has recorded a heartbeat {when}: replies, cards and the index wait.",
                "Start a worker. manage.py up starts one; read its last lines if it keeps exiting.",
                last_seen=seen,
            )
        ]
    return [ok("A worker runs.", last_seen=seen)]


def queue() -> Sequence[Finding]:
    """Whether periodic tasks are sent, and whether workers take tasks in time."""
    last_sent, lags = queue_lag.last_sent(), queue_lag.lags()
    figures = {"periodic_task_sent": last_sent, "lag_seconds": lags}
    findings = []
    if last_sent is None or valkey_time() - last_sent > SCHEDULE_TIMEOUT:
        findings.append(
            warning(
                "No periodic task has been sent for a minute: lost tasks are not sent again, nothing is cleaned up.",
                "Start a worker: each sends them. manage.py up starts one.",
                **figures,
            )
        )
    for name, seconds in lags.items():
        if seconds is not None and seconds > MAX_LAG:
            findings.append(
                warning(
                    f"Tasks wait {seconds:.0f} s in the queue {name} before a worker takes them.",
                    "Start another worker, or raise WORKER_THREADS." if name == RUNS else "Start another worker.",
                    **figures,
                )
            )
    return findings or [ok(_summary(lags), **figures)]


def _summary(lags: dict[str, float | None]) -> str:
    measured = [f"{seconds:.2f} s in {name}" for name, seconds in lags.items() if seconds is not None]
    return f"Tasks wait {', '.join(measured)}." if measured else "Periodic tasks are sent. None has been taken yet."
