"""Services of generations: asking a model for cards, and deciding which drafts enter the deck."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from base.text import storable
from chat.models import MAX_MESSAGE_LENGTH, Message
from flashcards.content.notes import cards_of
from flashcards.errors import NothingToLearnFrom, TextTooLong, TooManyGenerations, UnknownDraft
from flashcards.generation.lifecycle import LIFECYCLE, end_generation
from flashcards.generation.models import DuplicateRecord, Generation, GenerationStatus
from flashcards.indexing import mark_sources
from flashcards.models import Card, CardStatus
from flashcards.services import same_in_deck
from goals.models import SkillNode
from providers.gateway import default_choice, provider_for
from search.services import indexed_transaction

MAX_RUNNING = 5  # generations of one user


def start_generation(
    *,
    owner: User,
    message: Message | None = None,
    skill: SkillNode | None = None,
    text: str = "",
    max_cards: int = 10,
    provider: str = "",
    model: str = "",
    accept: bool = False,
) -> Generation:
    """Ask a worker, after commit, for cards from the owner's message, from a text, or for a skill.

    Cards from a message are for the skill that its conversation is about, if there is one. Without a provider, the
    model of the message's conversation is asked, or else the user's default model. With `accept`, the cards enter the
    deck without a decision by the user, except near duplicates.
    Raises NothingToLearnFrom, TextTooLong, TooManyGenerations and the errors of `provider_for`.
    """
    material = message.content if message else storable(text)
    _check_material(material, needed=skill is None)
    if not provider:
        provider, model = _default_model(owner, message)
    provider_for(owner=owner, name=provider)
    with transaction.atomic():
        refuse_too_many(owner)
        generation = Generation.objects.create(
            owner=owner,
            message=message,
            skill=skill or _skill_of(message),
            text="" if message else material,
            max_cards=max_cards,
            provider=provider,
            model=model,
            accept=accept,
        )
        LIFECYCLE.enqueue(generation.pk)
    return generation


def _check_material(material: str, *, needed: bool) -> None:
    if needed and not material.strip():
        raise NothingToLearnFrom
    if len(material) > MAX_MESSAGE_LENGTH:
        raise TextTooLong


def _default_model(owner: User, message: Message | None) -> tuple[str, str]:
    if message is not None:
        return message.conversation.provider, message.conversation.model
    return default_choice(owner=owner)


def _skill_of(message: Message | None) -> SkillNode | None:
    """The skill that the message's conversation is about."""
    if message is None or message.conversation.skill_id is None:
        return None
    return SkillNode.objects.accepted().filter(pk=message.conversation.skill_id).first()


def refuse_too_many(owner: User) -> None:
    """Raises TooManyGenerations."""
    # Without the lock, simultaneous requests could all count before any of them has created its row.
    User.objects.select_for_update(no_key=True).get(pk=owner.pk)
    if owner.generations.filter(status=GenerationStatus.RUNNING).count() >= MAX_RUNNING:
        raise TooManyGenerations


@indexed_transaction()
def accept_drafts(
    *, generation: Generation, accept: Collection[UUID] = (), discard: Collection[UUID] = ()
) -> list[Card]:
    """Put the drafts in `accept` into the deck, with every card of their notes, and delete those in `discard`.

    All others stay drafts. Repeating a decision changes nothing. A draft whose text has entered the deck in the
    meantime is deleted and recorded as an exact duplicate.
    Raises UnknownDraft when an id in `accept` is not a card of this generation.
    """
    generation = Generation.objects.select_for_update().get(pk=generation.pk)
    cards_by_id = {card.pk: card for card in generation.cards.alive().select_for_update().order_by("pk")}
    if not set(accept) <= set(cards_by_id):
        raise UnknownDraft
    chosen = [cards_by_id[card_id] for card_id in dict.fromkeys(accept)]
    cards = [card for card in chosen if card.status != CardStatus.DRAFT]
    for draft in chosen:
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
            mark_sources(cards)
    except IntegrityError:
        generation.duplicates.append(exact_duplicate(draft, same_in_deck(cards)))
        Card.objects.filter(pk=draft.pk).delete()
        return []
    return cards


def exact_duplicate(proposal: Card, existing: Card | None) -> DuplicateRecord:
    """The record of a proposal that was left out because `existing` has the same text."""
    return {
        "question": proposal.question,
        "answer": proposal.answer,
        "of": str(existing.pk) if existing else None,
        "similarity": 1.0,
        "kind": "exact",
        "draft_id": None,
    }


@transaction.atomic
def fail_generation(*, generation_id: UUID, code: str, detail: str) -> None:
    """End a running generation with an error. `detail` is the message for the user."""
    generation = LIFECYCLE.lock(generation_id)
    if generation is not None:
        _fail(generation, code, detail)


def sweep_generations(*, at: datetime) -> None:
    """Fail the generations whose worker died, and enqueue again those that no worker has claimed."""
    LIFECYCLE.sweep(at=at, fail=_fail_abandoned)


def _fail_abandoned(generation: Generation) -> None:
    generation.lost_workers += 1
    if generation.batch_id and generation.lost_workers == 1:  # a batch survives a restart of the server
        generation.heartbeat_at = None
        generation.save(update_fields=["heartbeat_at", "lost_workers"])
        LIFECYCLE.enqueue(generation.pk)
        return
    _fail(generation, "worker-stopped", _("The worker that was making these cards stopped. Try again."))


def _fail(generation: Generation, code: str, detail: str) -> None:
    end_generation(generation, status=GenerationStatus.FAILED, error={"code": code, "detail": detail})


@indexed_transaction()
def set_skill(*, generation: Generation, skill: SkillNode | None) -> None:
    """Make the generation's undecided drafts cards of this skill."""
    drafts = generation.cards.alive().filter(status=CardStatus.DRAFT)
    drafts.update(skill=skill)
    Generation.objects.filter(pk=generation.pk).update(skill=skill)
