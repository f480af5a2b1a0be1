"""Reads of cards: the deck by filter, and what became of a generation."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import CharField, F, Func, Q, QuerySet

from accounts.models import User
from flashcards.content.faces import ordinals
from flashcards.models import Card, CardStatus, Generation

MOST_TAGS_OFFERED = 200


@dataclass(frozen=True)
class Duplicate:
    """A proposal and the card that was there first, or None when it is gone; `draft` when it waits for a decision."""

    note: dict[str, Any]
    of: Card | None
    draft: Card | None


@dataclass(frozen=True)
class Proposal:
    """A draft to decide on, how many cards it makes, and what is nearly the same."""

    draft: Card
    makes: int
    near: Duplicate | None


@dataclass(frozen=True)
class Outcome:
    """`cards` are drafts, and with direct acceptance what entered the deck too."""

    cards: list[Card]
    duplicates: list[Duplicate]

    @property
    def proposals(self) -> list[Proposal]:
        near = {pair.draft.pk: pair for pair in self.duplicates if pair.draft and pair.of}
        drafts = [card for card in self.cards if card.status == CardStatus.DRAFT]
        return [
            Proposal(card, len(ordinals(kind=card.kind, question=card.question)), near.get(card.pk)) for card in drafts
        ]

    @property
    def left_out(self) -> list[Duplicate]:
        """Proposals that say exactly what a card says."""
        return [pair for pair in self.duplicates if pair.note["kind"] == "exact"]


def browse(
    *,
    owner: User,
    words: str = "",
    status: str = "",
    state: str = "",
    tag: str = "",
    message_id: UUID | None = None,
    due_before: datetime | None = None,
) -> QuerySet[Card]:
    """The person's cards that fit all filters; an empty one fits every card. Drafts only by their status."""
    cards = Card.objects.alive().filter(owner=owner)
    cards = cards.filter(status=status) if status else cards.exclude(status=CardStatus.DRAFT)
    for word in words.replace("\0", "").split()[:10]:
        cards = cards.filter(Q(question__icontains=word) | Q(answer__icontains=word))
    if state:
        cards = cards.filter(state=state)
    if tag:
        cards = cards.filter(tags__contains=[tag.replace("\0", "")])
    if message_id is not None:
        cards = cards.filter(message=message_id)
    if due_before is not None:
        cards = cards.filter(due__lt=due_before)
    return cards


def with_sources(cards: QuerySet[Card]) -> QuerySet[Card]:
    """The cards with their messages, whose long texts stay where they are."""
    return cards.select_related("message").defer("message__content")


def tags_of(*, owner: User) -> list[str]:
    """The tags in use, in order of the alphabet."""
    each = Func(F("tags"), function="unnest", output_field=CharField())
    tags = Card.objects.in_deck().filter(owner=owner).annotate(each=each).values_list("each", flat=True).distinct()
    return sorted(tags)[:MOST_TAGS_OFFERED]


def drafts_of(generation: Generation) -> QuerySet[Card]:
    """What still waits for a decision."""
    return generation.cards.alive().filter(status=CardStatus.DRAFT).order_by("pk")


def outcome_of(generation: Generation) -> Outcome:
    """What the generation proposed, as far as it still waits for a decision or was left out."""
    cards = list(generation.cards.alive().order_by("pk"))
    drafts = {card.pk: card for card in cards if card.status == CardStatus.DRAFT}
    keys = [UUID(note["of"]) for note in generation.duplicates if note["of"]]
    there = Card.objects.alive().filter(owner=generation.owner_id).in_bulk(keys)
    duplicates = [
        Duplicate(
            note=note,
            of=there.get(UUID(note["of"])) if note["of"] else None,
            draft=drafts.get(UUID(note["draft_id"])) if note["draft_id"] else None,
        )
        for note in generation.duplicates
    ]
    return Outcome(cards if generation.accept else list(drafts.values()), duplicates)
