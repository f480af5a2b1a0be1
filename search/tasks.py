"""The worker's doors into search."""

from typing import Any

from celery import shared_task
from celery.signals import worker_ready

from search import nudges, services, upkeep


@shared_task(name="search.tasks.drain")
def drain() -> None:
    nudges.clear(nudges.DRAIN)
    services.drain()


@shared_task(name="search.tasks.tend")
def tend() -> None:
    nudges.clear(nudges.TEND)
    upkeep.tend()


@shared_task(name="search.tasks.mend")
def mend() -> None:
    """After an error while reading: look at every row, not only at the versions."""
    nudges.clear(nudges.MEND)
    upkeep.tend(thoroughly=True)


@shared_task(name="search.tasks.compact")
def compact() -> None:
    upkeep.compact_tables()


@shared_task(name="search.tasks.purge")
def purge() -> None:
    upkeep.purge_done()


@worker_ready.connect
def tend_at_start(**_: Any) -> None:
    """The first message of a fresh server should find its table."""
    tend.delay()
