"""The outbox: changes that the search index does not have yet."""

from collections.abc import Sequence
from dataclasses import asdict

from operations.checks.findings import Finding, failure, ok, warning
from search.queries import outbox_status

MAX_AGE = 60.0  # seconds; the index is normally less than one second behind


def outbox() -> Sequence[Finding]:
    state = outbox_status()
    figures, findings = asdict(state), []
    if state.dead:
        findings.append(
            failure(
                f"Changes that failed ten times and are not in the search index (dead letters): {state.dead}.",
                "Read their errors in the admin under Outbox entries, fix the cause, and requeue them there.",
                **figures,
            )
        )
    if state.oldest_seconds > MAX_AGE:
        findings.append(
            warning(
                f"{state.pending} changes wait for the search index, the oldest for {state.oldest_seconds:.0f} s.",
                "See whether a worker runs, and whether the embedding model and the index work.",
                **figures,
            )
        )
    return findings or [ok(f"{state.pending} changes wait for the search index.", **figures)]
