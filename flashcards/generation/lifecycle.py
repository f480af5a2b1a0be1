"""How generations begin and end. The end of one that is part of a batch begins the next, in the same transaction.

Who locks several rows of a batch locks its generations in the order of their keys, and the batch last: the running one
comes before all that wait, so that its end and a cancellation do not wait for each other.
"""

from typing import Any, Final

from django.utils import timezone

from base.models import database_time
from base.runs import RunLifecycle
from flashcards.errors import NothingAboutSkill, NothingToLearnFrom
from flashcards.generation.models import BatchStatus, Generation, GenerationBatch, GenerationStatus
from providers.errors import AnswerCutShort, AnswerUnreadable, ProviderRefused, TooLong

LIFECYCLE: Final = RunLifecycle(
    Generation, task="flashcards.tasks.propose_cards", running=GenerationStatus.RUNNING.value
)
# Errors that say something of one skill. Any other one, such as a provider that is down, would fail all that follow.
ERRORS_OF_ONE_SKILL = frozenset(
    error.code
    for error in (NothingAboutSkill, NothingToLearnFrom, AnswerUnreadable, AnswerCutShort, ProviderRefused, TooLong)
)


def end_generation(generation: Generation, *, status: GenerationStatus, **changes: Any) -> None:
    """End a locked generation with this status, and begin the next one of its batch."""
    LIFECYCLE.end(generation, status=status, **changes)
    if generation.batch is None:
        return
    code = (generation.error or {}).get("code")
    if code is not None and code not in ERRORS_OF_ONE_SKILL:
        end_batch(generation.batch, BatchStatus.FAILED)
    else:
        begin_next(generation.batch)


def begin_next(batch: GenerationBatch) -> None:
    """Begin the batch's next generation, or end the batch when none waits or the budget is used up."""
    left = batch.budget - cards_made(batch)
    waiting = batch.generations.filter(status=GenerationStatus.WAITING).order_by("pk")
    following = waiting.select_for_update().first() if left > 0 else None
    if following is None:
        end_batch(batch, BatchStatus.DONE)
        return
    following.status, following.error, following.heartbeat_at = GenerationStatus.RUNNING, None, None
    following.created_at = database_time()  # the sweep sends again what no worker has claimed for some seconds
    following.max_cards = min(batch.cards_per_skill, left)
    following.save(update_fields=["status", "error", "heartbeat_at", "created_at", "max_cards"])
    LIFECYCLE.enqueue(following.pk)


def cards_made(batch: GenerationBatch) -> int:
    """How many drafts the batch's generations have made, whatever the user has decided on them since."""
    return sum(generation.drafts_made for generation in batch.generations.only("proposed", "duplicates"))


def end_batch(batch: GenerationBatch, status: BatchStatus) -> None:
    """End the batch if it is running."""
    running = GenerationBatch.objects.filter(pk=batch.pk, status=BatchStatus.RUNNING)
    running.update(status=status, finished_at=timezone.now())
