"""The worker's tasks for search."""

from typing import Any

from celery import shared_task
from celery.signals import worker_ready

from base.jobs import clear_request, enqueue_once, periodic_task
from search import services
from search.sync import maintenance
from search.sync.requests import DRAIN, REPAIR

MAINTAIN = "search.tasks.maintain"


@periodic_task(every=5)
def drain() -> None:
    clear_request(DRAIN)
    services.drain()


@periodic_task(every=30)
def maintain() -> None:
    clear_request(MAINTAIN)
    maintenance.maintain_tables()


@shared_task(name=REPAIR)
def repair() -> None:
    """Check every row, not only the versions of the tables, because a read has failed."""
    clear_request(REPAIR)
    maintenance.maintain_tables(thoroughly=True)


@periodic_task(every=60)
def compact() -> None:
    maintenance.compact_tables()


@periodic_task(every=3600)
def purge() -> None:
    maintenance.purge_done()


@worker_ready.connect
def maintain_at_start(**_: Any) -> None:
    """Create the tables of a fresh server before its first message."""
    enqueue_once(MAINTAIN)
