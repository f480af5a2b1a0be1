"""The shapes of the JSON API of cards.

Responses are plain pydantic models, because ninja's Schema reads each field through a getter: 12 ms for 20 cards.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from django.utils import timezone
from ninja import Field
from pydantic import BaseModel, ConfigDict, model_validator

from base.api.pagination import Listing
from base.api.schemas import ErrorOut, RequestBody
from base.api.values import Choice, Key, Moment
from chat.schemas import MessageOut
from flashcards import queries
from flashcards.batches.queries import BatchResult
from flashcards.batches.services import MAX_BUDGET, MAX_PER_SKILL
from flashcards.generation.models import Generation
from flashcards.models import MAX_SIDE_LENGTH, MAX_TAG_LENGTH, MAX_TAGS, Card, CardKind, CardState, CardStatus
from goals.models import MAX_NODES
from providers.models import ProviderName

Side = Annotated[str, Field(max_length=MAX_SIDE_LENGTH)]
SOURCES = ("message_id", "skill_node_id", "text")  # what cards can be made from
Tags = Annotated[list[Annotated[str, Field(max_length=MAX_TAG_LENGTH)]], Field(max_length=MAX_TAGS)]


class CardMessage(BaseModel):
    """The message that a card was made from. `content` is cut after 2,000 characters."""

    id: UUID
    conversation_id: UUID
    conversation_title: str
    role: str
    content: str
    created_at: datetime


class CardSkill(BaseModel):
    id: UUID
    title: str
    goal_id: UUID
    goal_title: str


class CardColumns(BaseModel):
    id: UUID
    note_id: UUID
    kind: str
    ordinal: int
    question: str
    answer: str
    front: str
    back: str
    tags: list[str]
    status: str
    message_id: UUID | None
    skill_node_id: UUID | None
    goal_id: UUID | None
    state: str
    due: datetime
    stability: float | None
    difficulty: float | None
    reps: int
    lapses: int
    last_review: datetime | None
    retrievability: float | None
    created_at: datetime
    skill: CardSkill | None


COLUMNS = sorted(set(CardColumns.model_fields) & {field.attname for field in Card._meta.concrete_fields})


def card_columns(card: Card) -> dict[str, Any]:
    """The values of CardColumns. The card is read again if it was not read with `CardQuerySet.joined`."""
    columns = {name: getattr(card, name) for name in COLUMNS}
    sides, skill = card.sides, joined(card).skill_json
    return columns | {
        "front": sides.front,
        "back": sides.back,
        "retrievability": card.retrievability(timezone.now()),
        "skill": skill,
        "skill_node_id": skill and skill["id"],
        "goal_id": skill and skill["goal_id"],
    }


def joined(card: Card) -> Card:
    """The card with `message_json` and `skill_json`."""
    if "skill_json" not in vars(card):
        read = Card.objects.joined().only("pk").get(pk=card.pk)
        card.message_json, card.skill_json = read.message_json, read.skill_json
    return card


class CardFields(CardColumns):
    message: CardMessage | None


def card_fields(card: Card) -> dict[str, Any]:
    """The values of CardFields, for the shapes that extend it."""
    return card_columns(card) | {"message": card.message_json}


class CardOut(CardFields):
    """`front` and `back` are what this card asks and answers, as Markdown: a reversed card asks the answer.

    `skill` and the ids of its goal and of the skill itself are null if that skill is not part of an accepted tree.
    """

    @classmethod
    def of(cls, card: Card) -> Self:
        return cls(**card_fields(card))


class FoundCard(CardColumns):
    """A card among the results of a search, with the message it was made from, if that is not deleted."""

    message: MessageOut | None

    @classmethod
    def of(cls, card: Card) -> Self:
        source = card.message if card.message and card.message.is_accessible else None
        message = MessageOut.of(source).model_copy(update={"has_flashcards": True}) if source else None
        return cls(**card_columns(card), message=message)


class NewCard(RequestBody):
    question: Side
    answer: Side = ""
    kind: Choice[CardKind] = CardKind.BASIC
    tags: Tags = []
    message_id: Key | None = None
    skill_node_id: Key | None = None


class CardChange(RequestBody):
    question: Side = ""
    answer: Side = ""
    tags: Tags = []
    message_id: Key | None = None
    skill_node_id: Key | None = None


class CardFilter(Listing):
    q: str = Field("", max_length=200)
    status: CardStatus | None = None
    state: CardState | None = None
    tag: str = Field("", max_length=MAX_TAG_LENGTH)
    goal_id: Key | None = None
    skill_node_id: Key | None = None
    message_id: Key | None = None
    due_before: Moment | None = None


class GenerationRequest(RequestBody):
    """One of `message_id`, `skill_node_id` and `text`."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [{"required": [name], "properties": {name: {"type": "string"}}} for name in SOURCES],
        }
    )

    message_id: Key | None = None
    skill_node_id: Key | None = None
    text: str | None = Field(None, max_length=100_000)
    max_cards: int = Field(10, ge=1, le=50)
    provider: Choice[ProviderName] | None = None
    model: str = Field("", max_length=100)
    accept: bool = False

    @model_validator(mode="after")
    def one_source(self) -> Self:
        if sum(getattr(self, name) is not None for name in SOURCES) != 1:
            raise ValueError("Give one of message_id, skill_node_id and text.")
        return self


class DuplicateOut(BaseModel):
    question: str
    answer: str
    of: CardOut | None
    similarity: float
    kind: str
    draft_id: UUID | None

    @classmethod
    def of_duplicate(cls, duplicate: queries.Duplicate) -> Self:
        return cls.model_validate(
            duplicate.record | {"of": CardOut.of(duplicate.existing) if duplicate.existing else None}
        )


class GenerationOut(BaseModel):
    """`compared_by_meaning` is false when only equal cards could be found, because the index was away."""

    id: UUID
    status: str
    error: ErrorOut | None
    message_id: UUID | None
    skill_node_id: UUID | None
    compared_by_meaning: bool
    cards: list[CardOut]
    duplicates: list[DuplicateOut]

    @classmethod
    def of(cls, generation: Generation) -> Self:
        return cls.of_result(generation, queries.generation_result(generation))

    @classmethod
    def of_result(cls, generation: Generation, result: queries.GenerationResult) -> Self:
        return cls(
            id=generation.pk,
            status=generation.status,
            error=generation.error,
            message_id=generation.message_id,
            skill_node_id=generation.skill_id,
            compared_by_meaning=generation.compared_by_meaning,
            cards=[CardOut.of(card) for card in result.cards],
            duplicates=[DuplicateOut.of_duplicate(duplicate) for duplicate in result.duplicates],
        )


class GenerationAnswer(BaseModel):
    generation: GenerationOut


class Decision(RequestBody):
    accept: list[Key] = Field([], max_length=100)
    discard: list[Key] = Field([], max_length=100)


class Cards(BaseModel):
    cards: list[CardOut]

    @classmethod
    def of(cls, cards: Iterable[Card]) -> Self:
        """These cards in their order, read again in one statement with their messages and skills."""
        ids = [card.pk for card in cards]
        read = Card.objects.joined().in_bulk(ids)
        return cls(cards=[CardOut.of(read[card_id]) for card_id in ids])


class BatchRequest(RequestBody):
    """Without `skill_node_ids`, cards are made for the skills that have neither cards nor parts and are not known."""

    goal_id: Key
    skill_node_ids: Annotated[list[Key], Field(max_length=MAX_NODES)] | None = None
    budget: int = Field(100, ge=1, le=MAX_BUDGET)
    cards_per_skill: int = Field(5, ge=1, le=MAX_PER_SKILL)
    provider: Choice[ProviderName] | None = None
    model: str = Field("", max_length=100)


class BatchOut(BaseModel):
    """`made` counts the drafts, also those that are decided. The generations are in the order of the skill tree."""

    id: UUID
    goal_id: UUID
    status: str
    budget: int
    cards_per_skill: int
    made: int
    generations: list[GenerationOut]

    @classmethod
    def of(cls, result: BatchResult) -> Self:
        batch = result.batch
        return cls(
            id=batch.pk,
            goal_id=batch.goal_id,
            status=batch.status,
            budget=batch.budget,
            cards_per_skill=batch.cards_per_skill,
            made=result.made,
            generations=[GenerationOut.of_result(skill.generation, skill.result) for skill in result.skills],
        )


class BatchAnswer(BaseModel):
    batch: BatchOut
