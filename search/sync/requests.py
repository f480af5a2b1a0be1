"""Asking the worker to bring the index up to date, or to repair it. Takes microseconds and never fails."""

from base.jobs import enqueue_once

DRAIN = "search.tasks.drain"
REPAIR = "search.tasks.repair"


def request_drain() -> None:
    """Have the outbox applied after this transaction commits; a periodic task does it where this is lost."""
    enqueue_once(DRAIN)


def request_repair() -> None:
    """Have every row of every table read: one of the tables could not be."""
    enqueue_once(REPAIR)
