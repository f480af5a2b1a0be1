"""Requests to the worker: update the index, or repair it. They take microseconds and never fail."""

from base.jobs import enqueue_once

DRAIN = "search.tasks.drain"
REPAIR = "search.tasks.repair"


def request_drain() -> None:
    """Have the outbox applied after this transaction commits. If the request is lost, a periodic task does it."""
    enqueue_once(DRAIN)


def request_repair() -> None:
    """Have every row of every table read, because reading a table failed."""
    enqueue_once(REPAIR)
