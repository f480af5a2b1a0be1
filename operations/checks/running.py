"""Runs checks in threads, so that one that hangs delays nothing else."""

from collections.abc import Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as CheckTimeout

from base.connections import release_connection
from base.postgresql.acting import acting_for_all_users
from operations.checks.findings import Check, Finding, failure

Findings = Sequence[Finding]


@acting_for_all_users("health counts what waits for all users")
def findings_of(check: Check) -> Findings:
    """Run the check in this thread. Raises nothing."""
    try:
        return check.run()
    except Exception as error:  # whatever a check raises belongs in the report
        lines = str(error).strip().splitlines() or [""]
        return [failure(f"{type(error).__name__}: {lines[0]}", "")]
    finally:
        release_connection()


def wait_for(running: "Future[Findings]", seconds: float, *, limit: float) -> Findings:
    """The findings of a check, or a failure if it takes longer than `seconds` more, which makes `limit` altogether."""
    try:
        return running.result(max(0.0, seconds))
    except CheckTimeout:
        return [failure(f"no answer within {limit:g} s", "See whether this part of the system hangs or is overloaded.")]
