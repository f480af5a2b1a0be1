"""Requests to the worker: update the index, or repair it. They take microseconds and never fail."""

from base.jobs import enqueue_once

DRAIN = "search.tasks.drain"
EMBED = "search.tasks.embed"
REPAIR = "search.tasks.repair"
MAINTAIN = "search.tasks.maintain"


def request_drain() -> None:
    """Have the outbox applied after this transaction commits. If the request is lost, a periodic task does it."""
    enqueue_once(DRAIN)


def request_embedding() -> None:
    """Have the missing vectors added."""
    enqueue_once(EMBED)


def request_repair() -> None:
    """Have the tables that failed repaired."""
    enqueue_once(REPAIR)


def request_maintenance() -> None:
    """Have missing tables created and built."""
    enqueue_once(MAINTAIN)
