"""Clock skew: leases, heartbeats and due dates are compared between this host, PostgreSQL and Valkey."""

from collections.abc import Callable, Sequence
from datetime import datetime
from time import time
from typing import cast

from django.db import connection

from operations.checks.findings import Finding, failure, ok, warning
from operations.heartbeat import valkey_time

WARN_AFTER = 1.0  # seconds
FAIL_AFTER = 10.0  # seconds; workers that are alive would be taken for dead soon after
ADVICE = "Let a time service (NTP) set the clocks of all hosts."


def clocks() -> Sequence[Finding]:
    return [_compared("PostgreSQL", _postgres_time), _compared("Valkey", lambda: valkey_time().timestamp())]


def _compared(server: str, read: Callable[[], float]) -> Finding:
    read()  # the first request also connects
    sent = time()
    theirs = read()
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


def _postgres_time() -> float:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cast(datetime, cursor.fetchone()[0]).timestamp()
