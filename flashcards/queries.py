"""Reads of cards: the filtered deck, and the result of a generation."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import CharField, Exists, F, Func, OuterRef, Q, QuerySet

from accounts.models import User
from base.text import storable
from chat.models import MessageQuerySet
from flashcards.content.sides import ordinals
from flashcards.generation.models import DuplicateRecord, Generation
from flashcards.models import Card, CardQuerySet, CardStatus

MAX_TAGS_LISTED = 200
MAX_SEARCH_WORDS = 10


@dataclass(frozen=True)
class Duplicate:
    """A proposal that repeats an existing card, exactly or nearly.

    `existing` is None when that card has been deleted since. `draft` is None when the proposal was left out, or when
    the user has already decided on it.
    """

    record: DuplicateRecord
    existing: Card | None
    draft: Card | None

    @property
    def question(self) -> str:
        return self.record["question"]


@dataclass(frozen=True)
class Proposal:
    """A draft to decide on. `card_count` is how many cards its note has."""

    draft: Card
    card_count: int
    near_duplicate: Duplicate | None


@dataclass(frozen=True)
class GenerationResult:
    """`cards` are drafts; after a generation with direct acceptance, also the cards that entered the deck."""

    cards: list[Card]
    duplicates: list[Duplicate]

    @property
    def proposals(self) -> list[Proposal]:
        near = {
            duplicate.draft.pk: duplicate for duplicate in self.duplicates if duplicate.draft and duplicate.existing
        }
        drafts = [card for card in self.cards if card.status == CardStatus.DRAFT]
        return [
            Proposal(card, len(ordinals(kind=card.kind, question=card.question)), near.get(card.pk)) for card in drafts
        ]

    @property
    def left_out(self) -> list[Duplicate]:
        """Proposals whose text equals that of a card."""
        return [duplicate for duplicate in self.duplicates if duplicate.record["kind"] == "exact"]


def filter_cards(
    *,
    owner: User,
    words: str = "",
    status: str = "",
    state: str = "",
    tag: str = "",
    message_id: UUID | None = None,
    goal_id: UUID | None = None,
    skill_id: UUID | None = None,
    due_before: datetime | None = None,
) -> CardQuerySet:
    """The user's cards that match all filters. An empty filter matches all, but an empty `status` leaves out drafts.

    `skill_id` matches the cards of that skill and of the skills below it.
    """
    cards = Card.objects.alive().filter(owner=owner)
    cards = cards.filter(status=status) if status else cards.exclude(status=CardStatus.DRAFT)
    for word in storable(words).split()[:MAX_SEARCH_WORDS]:
        cards = cards.filter(Q(question__icontains=word) | Q(answer__icontains=word))
    if state:
        cards = cards.filter(state=state)
    if tag:
        cards = cards.filter(tags__contains=[storable(tag)])
    if message_id is not None:
        cards = cards.filter(message=message_id)
    if goal_id is not None:
        cards = cards.of_goal(goal_id)
    if skill_id is not None:
        cards = cards.of_skill(skill_id)
    if due_before is not None:
        cards = cards.filter(due__lt=due_before)
    return cards


def find_cards(*, owner: User, words: str) -> QuerySet[Card]:
    """The cards of the deck whose questions have all the words, the newest first.

    Questions only: they are what a list shows, and to read 20,000 answers too takes a quarter of a second.
    """
    matches = [Q(question__icontains=word) for word in storable(words).split()[:MAX_SEARCH_WORDS]]
    return Card.objects.in_deck().filter(*matches, owner=owner).order_by("-id")


def with_sources(cards: QuerySet[Card]) -> QuerySet[Card]:
    """The cards with the messages they were made from, without their long texts, their conversations and skills."""
    return cards.select_related("message__conversation", "skill__tree__goal").defer("message__content")


def with_has_flashcards(messages: MessageQuerySet) -> MessageQuerySet:
    """The messages, each with `has_flashcards`: whether the deck has a card made from it. A draft does not count."""
    return messages.annotate(has_flashcards=Exists(Card.objects.in_deck().filter(message=OuterRef("pk"))))


def tags_of(*, owner: User) -> list[str]:
    """The tags in use, in alphabetical order."""
    tag = Func(F("tags"), function="unnest", output_field=CharField())
    tags = Card.objects.in_deck().filter(owner=owner).annotate(tag=tag).values_list("tag", flat=True).distinct()
    return sorted(tags)[:MAX_TAGS_LISTED]


def drafts_of(generation: Generation) -> QuerySet[Card]:
    """The generation's undecided drafts."""
    return generation.cards.alive().filter(status=CardStatus.DRAFT).order_by("pk")


def generation_result(generation: Generation) -> GenerationResult:
    """The generation's undecided drafts, and the duplicates that were found."""
    return generation_results([generation])[0]


def generation_results(generations: Sequence[Generation]) -> list[GenerationResult]:
    """The result of each of these generations of one user, in two statements."""
    cards = Card.objects.alive().joined()
    made: dict[UUID | None, list[Card]] = defaultdict(list)
    for card in cards.filter(generation__in=generations).order_by("pk"):
        made[card.generation_id].append(card)
    ids = [UUID(record["of"]) for generation in generations for record in generation.duplicates if record["of"]]
    existing = cards.filter(owner=generations[0].owner_id).in_bulk(ids) if ids else {}
    return [_result(generation, made[generation.pk], existing) for generation in generations]


def _result(generation: Generation, cards: list[Card], existing: Mapping[UUID, Card]) -> GenerationResult:
    drafts = {card.pk: card for card in cards if card.status == CardStatus.DRAFT}
    duplicates = [
        Duplicate(
            record=record,
            existing=existing.get(UUID(record["of"])) if record["of"] else None,
            draft=drafts.get(UUID(record["draft_id"])) if record["draft_id"] else None,
        )
        for record in generation.duplicates
    ]
    return GenerationResult(cards if generation.accept else list(drafts.values()), duplicates)
