"""Services of cards. For cards that a model proposes, see `generation/services.py`."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import TypedDict, Unpack
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import CharField, QuerySet, Subquery
from django.db.models.functions import Cast

from accounts.models import User
from base.models import database_time
from base.sql.prepared import PreparedQuery
from chat.models import Message
from flashcards.content.notes import cards_of, checked_sides, clean_tags, set_ordinal, sibling
from flashcards.content.sides import ordinals
from flashcards.errors import CardIsDraft, NothingToRestore, SameCard
from flashcards.indexing import mark_sources
from flashcards.models import Card, CardState, CardStatus
from goals.models import SkillNode
from search.services import indexed_transaction, mark_changed

# The page offers Undo for ten seconds. The longer time allows for slow networks and for clients of the API.
UNDO_TIME = timedelta(hours=1)
BATCH_SIZE = 500  # cards that one run of a periodic task purges or unburies


class CardChanges(TypedDict, total=False):
    question: str
    answer: str
    tags: Sequence[str]
    message: Message | None
    skill: SkillNode | None


def create_card(
    *,
    owner: User,
    question: str,
    answer: str = "",
    kind: str = "basic",
    tags: Sequence[str] = (),
    message: Message | None = None,
    skill: SkillNode | None = None,
) -> list[Card]:
    """Add a note to the deck: one card, two for `reverse`, one for each gap of a `cloze`; all or none.

    Raises EmptySide, NoGap, SidesEqual, CardTooLong or SameCard.
    """
    question, answer = checked_sides(kind, question, answer)
    sides = {"kind": kind, "question": question, "answer": answer}
    note = Card(owner=owner, tags=clean_tags(tags), message=message, skill=skill, **sides)
    cards = cards_of(note)
    try:
        with indexed_transaction():
            for card in cards:
                card.save(force_insert=True)
            mark_sources(cards)
    except IntegrityError:
        raise SameCard(same_in_deck(cards)) from None
    return cards


def same_in_deck(cards: Iterable[Card]) -> Card | None:
    """The first card of another note in the deck with the same text as one of these cards, which have one owner."""
    cards = list(cards)
    deck = Card.objects.in_deck().filter(owner_id=cards[0].owner_id)
    return deck.filter(fingerprint__in=[card.fingerprint for card in cards]).exclude(note_id=cards[0].note_id).first()


def edit_card(*, card: Card, **changes: Unpack[CardChanges]) -> Card:
    """Change the named fields of the card's note. The note's cards keep their schedule.

    A new gap becomes a new card, and the card of a removed gap is deleted. Returns the card, or the first card of its
    note when its own gap was removed. Raises NothingToRestore and the errors of `create_card`.
    """
    try:
        with indexed_transaction():
            note = sorted(lock_note(owner_id=card.owner_id, card_id=card.pk), key=attrgetter("ordinal"))
            if card not in note:
                raise NothingToRestore
            if "message" in changes:
                mark_sources(note)
            for note_card in note:
                _apply(note_card, changes)
            cards = _save_note(note)
            if "message" in changes:
                mark_sources(cards)
    except IntegrityError:
        raise SameCard(same_in_deck(note)) from None
    return next((note_card for note_card in cards if note_card.pk == card.pk), cards[0])


def _note_of(owner_id: UUID, card_id: UUID) -> QuerySet[Card]:
    note = Card.objects.filter(pk=card_id).values("note_id")
    cards = Card.objects.alive().filter(owner_id=owner_id, note_id=Subquery(note)).joined()
    return cards.select_for_update().order_by("pk")  # in one order, to prevent deadlocks


_NOTE = PreparedQuery(_note_of, owner_id=UUID, card_id=UUID)


def lock_note(*, owner_id: UUID, card_id: UUID) -> list[Card]:
    """The cards of this card's note that are not deleted, locked until the transaction ends.

    An empty list if the card does not belong to this owner.
    """
    return _NOTE(owner_id=owner_id, card_id=card_id)


def _apply(card: Card, changes: CardChanges) -> None:
    sides = changes.get("question", card.question), changes.get("answer", card.answer)
    card.question, card.answer = checked_sides(card.kind, *sides)
    card.tags = clean_tags(changes.get("tags", card.tags))
    for name in ("message", "skill"):
        if name in changes:
            setattr(card, name, changes[name])
    set_ordinal(card, card.ordinal)


def _save_note(note: list[Card]) -> list[Card]:
    first = note[0]
    new_ordinals = ordinals(kind=first.kind, question=first.question)
    if first.status == CardStatus.DRAFT:  # a draft represents its whole note until it is accepted
        new_ordinals = new_ordinals[:1]
    existing = {card.ordinal: card for card in note}
    if not set(new_ordinals) & set(existing):  # all gaps were renumbered: the first card keeps its schedule
        existing = {new_ordinals[0]: set_ordinal(first, new_ordinals[0])}
    cards = [existing.get(ordinal) or sibling(first, ordinal) for ordinal in new_ordinals]
    if len(note) > 1:  # when sides are swapped, each card's new fingerprint is the other's old one
        _rows(note).update(fingerprint=Cast("id", CharField()))
    for card in cards:
        card.save()
    _mark_deleted([card for card in note if card not in cards], at=database_time())
    return cards


@transaction.atomic
def delete_card(*, card: Card, at: datetime) -> None:
    """Delete the card; `restore_card` undoes it until the card is purged. A draft is deleted permanently."""
    if card.status == CardStatus.DRAFT:
        card.delete()
    else:
        delete_cards(cards=[card], at=at)


@transaction.atomic
def delete_cards(*, cards: Sequence[Card], at: datetime) -> None:
    """Delete these cards of one owner, none of them a draft. `restore_card` undoes it until they are purged."""
    _mark_deleted(cards, at=at)


def restore_card(*, card: Card) -> Card:
    """Undo a deletion. Raises SameCard if the text was added again, and NothingToRestore after the purge."""
    try:
        with transaction.atomic():
            locked = Card.objects.select_for_update().filter(pk=card.pk).first()
            if locked is None:
                raise NothingToRestore
            locked.deleted_at = None
            locked.save(update_fields=["deleted_at"])
            mark_sources([locked])
    except IntegrityError:
        raise SameCard(same_in_deck([card])) from None
    return locked


@indexed_transaction()
def purge_cards(*, at: datetime) -> None:
    """Permanently delete cards whose time for undo has passed. Their reviews are kept, without the card."""
    expired = Card.objects.filter(deleted_at__lt=at - UNDO_TIME).values_list("pk", flat=True)
    Card.objects.filter(pk__in=list(expired[:BATCH_SIZE])).delete()


def suspend_cards(*, cards: Sequence[Card]) -> None:
    """Take these cards of one owner out of review until they are unsuspended. Raises CardIsDraft."""
    _set_status(cards, CardStatus.SUSPENDED, until=None)


def unsuspend_cards(*, cards: Sequence[Card]) -> None:
    """Return these cards of one owner to review, with their due dates unchanged. Raises CardIsDraft."""
    _set_status(cards, CardStatus.ACTIVE, until=None)


def bury_cards(*, cards: Sequence[Card], until: datetime) -> None:
    """Take these cards of one owner out of review until `until`. Raises CardIsDraft."""
    _set_status(cards, CardStatus.BURIED, until=until)


@indexed_transaction()
def unbury_cards(*, at: datetime) -> None:
    """Make buried cards active again when their time has passed. Queries already treat them as active by then."""
    # Locked, so that a card that the user suspends at the same moment is not activated.
    expired = Card.objects.filter(status=CardStatus.BURIED, buried_until__lte=at).order_by("owner_id", "pk")
    locked = expired.select_for_update(skip_locked=True)[:BATCH_SIZE]
    for _, cards in groupby(locked, key=attrgetter("owner_id")):
        _set_status(list(cards), CardStatus.ACTIVE, until=None)


@transaction.atomic
def reset_card(*, card: Card, at: datetime) -> Card:
    """Make the card new again. Its reviews stay in the history. Raises CardIsDraft."""
    card = Card.objects.select_for_update().get(pk=card.pk)
    _refuse_drafts([card])
    card.state, card.step, card.due, card.last_review = CardState.NEW, None, at, None
    card.stability = card.difficulty = None
    card.reps = card.lapses = 0
    card.save(update_fields=["state", "step", "due", "last_review", "stability", "difficulty", "reps", "lapses"])
    return card


@indexed_transaction()
def tag_cards(*, cards: Sequence[Card], add: Iterable[str] = (), remove: Iterable[str] = ()) -> None:
    """Add and remove tags on these cards of one owner."""
    removed = set(clean_tags(remove))
    for card in _rows(cards).select_for_update().order_by("pk"):
        card.tags = [tag for tag in clean_tags([*card.tags, *add]) if tag not in removed]
        card.save(update_fields=["tags"])


def _rows(cards: Iterable[Card]) -> QuerySet[Card]:
    return Card.objects.filter(pk__in=[card.pk for card in cards])


@transaction.atomic
def _set_status(cards: Sequence[Card], status: CardStatus, *, until: datetime | None) -> None:
    _refuse_drafts(cards)
    locked = _rows(cards).exclude(status=CardStatus.DRAFT).select_for_update().order_by("pk")
    Card.objects.filter(pk__in=list(locked.values_list("pk", flat=True))).update(status=status, buried_until=until)
    _mark_changed(cards)


def _mark_deleted(cards: Sequence[Card], *, at: datetime) -> None:
    _rows(cards).update(deleted_at=at)
    _mark_changed(cards)
    mark_sources(_rows(cards).only("owner", "message"))


def _mark_changed(cards: Sequence[Card]) -> None:
    if cards:
        mark_changed(table="flashcards", owner_id=cards[0].owner_id, entity_ids=[card.pk for card in cards])


def _refuse_drafts(cards: Iterable[Card]) -> None:
    if any(card.status == CardStatus.DRAFT for card in cards):
        raise CardIsDraft
