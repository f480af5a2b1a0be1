"""Doors for the worker."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from flashcards import generations, proposing, services


@shared_task(name="flashcards.tasks.propose_cards")
def propose_cards(generation_id: str) -> None:
    proposing.propose_cards(generation_id=UUID(generation_id))


@shared_task(name="flashcards.tasks.sweep_generations")
def sweep_generations() -> None:
    generations.sweep_generations(at=timezone.now())


@shared_task(name="flashcards.tasks.tidy_cards")
def tidy_cards() -> None:
    services.unbury_cards(at=timezone.now())
    services.purge_cards(at=timezone.now())
