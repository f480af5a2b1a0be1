"""The verbs of generations: asking a model for cards, and deciding what of its drafts enters the deck."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from base.jobs import enqueue
from chat.models import LONGEST_MESSAGE, Message
from flashcards.content.notes import cards_of, printable
from flashcards.errors import NothingToLearnFrom, TextTooLong, TooManyGenerations, UnknownDraft
from flashcards.models import Card, CardStatus, Generation, GenerationStatus
from flashcards.services import same_in_deck
from providers.gateway import default_choice, provider_for

MOST_RUNNING = 5  # generations of one person
SILENT_FOR = timedelta(seconds=30)  # then the worker is dead: it gives a sign of life every five
UNCLAIMED_FOR = timedelta(seconds=10)


def start_generation(
    *,
    owner: User,
    message: Message | None = None,
    text: str = "",
    max_cards: int = 10,
    provider: str = "",
    model: str = "",
    accept: bool = False,
) -> Generation:
    """Ask a worker, after commit, for cards from the owner's message or from a text.

    Without a provider the message's own model is asked, or the person's default one. With `accept` the cards enter
    the deck without a look, but for those that are nearly there already.
    Errors: `NothingToLearnFrom`, `TextTooLong`, `TooManyGenerations`, and those of `provider_for`.
    """
    material = message.content if message else printable(text)
    if not material.strip():
        raise NothingToLearnFrom
    if len(material) > LONGEST_MESSAGE:
        raise TextTooLong
    if not provider:
        provider, model = _own_choice(owner, message)
    provider_for(owner=owner, name=provider)
    with transaction.atomic():
        _refuse_too_many(owner)
        generation = Generation.objects.create(
            owner=owner,
            message=message,
            text="" if message else material,
            max_cards=max_cards,
            provider=provider,
            model=model,
            accept=accept,
        )
        enqueue_generation(generation.pk)
    return generation


def enqueue_generation(generation_id: UUID, *, expires: int | None = None) -> None:
    enqueue("flashcards.tasks.propose_cards", str(generation_id), expires=expires)


def _own_choice(owner: User, message: Message | None) -> tuple[str, str]:
    if message is not None:
        return message.conversation.provider, message.conversation.model
    return default_choice(owner=owner)


def _refuse_too_many(owner: User) -> None:
    User.objects.select_for_update(no_key=True).get(pk=owner.pk)  # ten at once must not all find a free place
    if owner.generations.filter(status=GenerationStatus.RUNNING).count() >= MOST_RUNNING:
        raise TooManyGenerations


@transaction.atomic
def accept_drafts(
    *, generation: Generation, accept: Collection[UUID] = (), discard: Collection[UUID] = ()
) -> list[Card]:
    """Put these drafts into the deck, every card of their notes, and throw those away; the others stay drafts.

    Accepting or discarding twice is once. A draft whose text has entered the deck meanwhile is thrown away and noted
    as an exact duplicate. Errors: `UnknownDraft` when an id to accept is not a card of this generation.
    """
    generation = Generation.objects.select_for_update().get(pk=generation.pk)
    here = {card.pk: card for card in generation.cards.alive().select_for_update().order_by("pk")}
    if not set(accept) <= set(here):
        raise UnknownDraft
    wanted = [here[key] for key in dict.fromkeys(accept)]
    cards = [card for card in wanted if card.status != CardStatus.DRAFT]
    for draft in wanted:
        if draft.status == CardStatus.DRAFT:
            cards += _accept(draft, generation)
    generation.cards.filter(pk__in=list(discard), status=CardStatus.DRAFT).delete()
    generation.save(update_fields=["duplicates"])
    return cards


def _accept(draft: Card, generation: Generation) -> list[Card]:
    cards = cards_of(draft)
    for card in cards:
        card.status = CardStatus.ACTIVE
    try:
        with transaction.atomic():
            for card in cards:
                card.save()
    except IntegrityError:
        generation.duplicates.append(exact_duplicate(draft, same_in_deck(cards)))
        Card.objects.filter(pk=draft.pk).delete()
        return []
    return cards


def exact_duplicate(proposal: Card, of: Card | None) -> dict[str, object]:
    """The note on a proposal that was left out because this card says the same."""
    return {
        "question": proposal.question,
        "answer": proposal.answer,
        "of": str(of.pk) if of else None,
        "similarity": 1.0,
        "kind": "exact",
        "draft_id": None,
    }


def fail_generation(*, generation_id: UUID, code: str, detail: str) -> None:
    """End a running generation with words that say what to do."""
    running = Generation.objects.filter(pk=generation_id, status=GenerationStatus.RUNNING)
    error = {"code": code, "detail": detail}
    running.update(status=GenerationStatus.FAILED, error=error, finished_at=timezone.now())


def sweep_generations(*, at: datetime) -> None:
    """Fail what a dead worker left, and offer again what no worker has taken up."""
    running = Generation.objects.filter(status=GenerationStatus.RUNNING)
    for generation_id in running.filter(heartbeat_at__lt=at - SILENT_FOR).values_list("pk", flat=True):
        detail = _("The worker that was making these cards stopped. Try again.")
        fail_generation(generation_id=generation_id, code="worker-stopped", detail=detail)
    unclaimed = running.filter(heartbeat_at=None, created_at__lt=at - UNCLAIMED_FOR)
    for generation_id in unclaimed.order_by("created_at").values_list("pk", flat=True)[:100]:
        enqueue_generation(generation_id, expires=10)
