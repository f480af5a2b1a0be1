"""Clock skew: leases, heartbeats and due dates are compared between this host, PostgreSQL and Valkey."""

from collections.abc import Callable, Sequence
from datetime import datetime
from time import time

from base.models import database_time
from operations.checks.findings import Finding, failure, ok, warning
from operations.heartbeat import valkey_time

WARN_AFTER = 1.0  # seconds
FAIL_AFTER = 10.0  # seconds; workers that are alive would be taken for dead soon after
ADVICE = "Let a time service (NTP) set the clocks of all hosts."


def clocks() -> Sequence[Finding]:
    return [_compared("PostgreSQL", database_time), _compared("Valkey", valkey_time)]


def _compared(server: str, read: Callable[[], datetime]) -> Finding:
    read()  # the first request also connects
    sent = time()
    theirs = read().timestamp()
    received = time()
    # Their clock was read at some time between; the difference to the nearest of the two is certain.
    skew = min(theirs - sent, 0.0) + max(theirs - received, 0.0)
    figures = {f"{server.lower()}_skew_seconds": round(skew, 3)}
    direction = "ahead of" if skew > 0 else "behind"
    message = f"The clock of {server} is {abs(skew):.1f} s {direction} this host's."
    if abs(skew) > FAIL_AFTER:
        return failure(message, ADVICE, **figures)
    if abs(skew) > WARN_AFTER:
        return warning(message, ADVICE, **figures)
    return ok(f"The clock of {server} agrees with this host's.", **figures)
