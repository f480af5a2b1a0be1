"""Services of batches: cards for many skills of a goal. How one generation follows another: `generation.lifecycle`."""

from collections.abc import Sequence

from django.db import transaction

from accounts.models import User
from flashcards.errors import BatchRunning, NoSkillsChosen, NothingToResume
from flashcards.generation.lifecycle import LIFECYCLE, begin_next, cards_made, end_batch
from flashcards.generation.models import BatchStatus, Generation, GenerationBatch, GenerationStatus
from flashcards.generation.services import refuse_too_many
from goals.models import Goal, SkillNode
from providers.gateway import default_choice, provider_for

MAX_BUDGET = 500  # cards
MAX_PER_SKILL = 20  # cards
UNFINISHED = (GenerationStatus.WAITING, GenerationStatus.FAILED, GenerationStatus.CANCELED)


def start_batch(
    *,
    owner: User,
    goal: Goal,
    skills: Sequence[SkillNode],
    budget: int = 100,
    cards_per_skill: int = 5,
    provider: str = "",
    model: str = "",
) -> GenerationBatch:
    """Make cards for these accepted skills of the goal in this order, `budget` cards at most.

    Raises NoSkillsChosen, BatchRunning, TooManyGenerations and the errors of `provider_for`.
    """
    if not skills:
        raise NoSkillsChosen
    if not provider:
        provider, model = default_choice(owner=owner)
    provider_for(owner=owner, name=provider)
    with transaction.atomic():
        refuse_too_many(owner)
        _refuse_second(goal)
        batch = GenerationBatch.objects.create(owner=owner, goal=goal, budget=budget, cards_per_skill=cards_per_skill)
        waiting = GenerationStatus.WAITING
        Generation.objects.bulk_create(
            Generation(owner=owner, batch=batch, skill=skill, status=waiting, provider=provider, model=model)
            for skill in skills
        )
        begin_next(batch)
    return batch


def _refuse_second(goal: Goal) -> None:
    """The user's row is locked, so that of two requests one sees the batch of the other. Raises BatchRunning."""
    if goal.generation_batches.filter(status=BatchStatus.RUNNING).exists():
        raise BatchRunning


@transaction.atomic
def cancel_batch(*, batch: GenerationBatch) -> None:
    """Stop a running batch. The drafts that it has made stay; what the model is writing now is thrown away."""
    unfinished = batch.generations.filter(status__in=[GenerationStatus.WAITING, GenerationStatus.RUNNING])
    for generation in unfinished.select_for_update().order_by("pk"):
        LIFECYCLE.end(generation, status=GenerationStatus.CANCELED)
    end_batch(batch, BatchStatus.CANCELED)


def resume_batch(*, batch: GenerationBatch) -> None:
    """Make the cards of the skills that have none yet: those that failed, were canceled or were beyond the budget.

    A budget that is used up is raised by what they may need. Does nothing if the batch is running.
    Raises NothingToResume, BatchRunning, TooManyGenerations and the errors of `provider_for`.
    """
    first = batch.generations.filter(status__in=UNFINISHED).first()
    if first is None:
        raise NothingToResume
    provider_for(owner=batch.owner, name=first.provider)
    with transaction.atomic():
        refuse_too_many(batch.owner)
        batch.refresh_from_db(fields=["status", "budget"])
        if batch.status != BatchStatus.RUNNING:
            _refuse_second(batch.goal)
            _resume(batch)


def _resume(batch: GenerationBatch) -> None:
    unfinished = batch.generations.filter(status__in=UNFINISHED).select_for_update().order_by("pk")
    ids = [generation.pk for generation in unfinished]
    made = cards_made(batch)
    if made >= batch.budget:
        batch.budget = made + min(MAX_BUDGET, batch.cards_per_skill * len(ids))
    batch.status, batch.finished_at = BatchStatus.RUNNING, None
    batch.save(update_fields=["status", "finished_at", "budget"])
    Generation.objects.filter(pk__in=ids).update(
        status=GenerationStatus.WAITING, error=None, heartbeat_at=None, finished_at=None, lost_workers=0
    )
    begin_next(batch)
