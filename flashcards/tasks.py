"""The Celery tasks of cards."""

from uuid import UUID

from celery import shared_task

from base.jobs import periodic_task
from base.models import database_time
from flashcards import services
from flashcards.generation import services as generations
from flashcards.generation import worker


@shared_task(name="flashcards.tasks.propose_cards")
def propose_cards(generation_id: str) -> None:
    worker.propose_cards(generation_id=UUID(generation_id))


@periodic_task(every=10)
def sweep_generations() -> None:
    generations.sweep_generations(at=database_time())


@periodic_task(every=60)
def tidy_cards() -> None:
    services.unbury_cards(at=database_time())
    services.purge_cards(at=database_time())
