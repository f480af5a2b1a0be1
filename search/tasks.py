"""The worker's doors into search."""

from celery import shared_task

from search import nudges, services


@shared_task(name="search.tasks.drain")
def drain() -> None:
    nudges.clear_nudge()
    services.drain()
