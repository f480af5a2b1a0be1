"""The worker's tasks for search."""

from typing import Any

from celery.signals import worker_ready

from base.jobs import clear_request, periodic_task
from search import services
from search.sync import maintenance
from search.sync import repair as repairs
from search.sync.requests import DRAIN, EMBED, MAINTAIN, REPAIR, request_drain, request_maintenance


@periodic_task(every=5)
def drain() -> None:
    clear_request(DRAIN)
    services.drain_texts()


@periodic_task(every=5)
def embed() -> None:
    clear_request(EMBED)
    services.add_missing_vectors()


@periodic_task(every=30)
def maintain() -> None:
    clear_request(MAINTAIN)
    maintenance.maintain_tables()


@periodic_task(every=10)
def repair() -> None:
    clear_request(REPAIR)
    repairs.repair_tables()


@periodic_task(every=60)
def compact() -> None:
    maintenance.compact_tables()


@periodic_task(every=3600)
def purge() -> None:
    maintenance.purge_done()


@worker_ready.connect
def begin_at_start(**_: Any) -> None:
    """Create the tables of a fresh server before its first message, and apply what an earlier worker left.

    The periodic tasks for both are sent some seconds later.
    """
    request_maintenance()
    request_drain()
