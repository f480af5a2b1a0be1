"""The shapes of the JSON API of cards.

Responses are plain pydantic models, because ninja's Schema reads each field through a getter: 12 ms for 20 cards.
"""

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
from flashcards.models import (
    MAX_SIDE_LENGTH,
    MAX_TAG_LENGTH,
    MAX_TAGS,
    Card,
    CardKind,
    CardState,
    CardStatus,
    Generation,
)
from providers.models import ProviderName

Side = Annotated[str, Field(max_length=MAX_SIDE_LENGTH)]
SOURCES = ("message_id", "skill_node_id", "text")  # what cards can be made from
Tags = Annotated[list[Annotated[str, Field(max_length=MAX_TAG_LENGTH)]], Field(max_length=MAX_TAGS)]


class CardFields(BaseModel):
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
    skill_node_id: UUID | None = None
    goal_id: UUID | None = None
    state: str
    due: datetime
    stability: float | None
    difficulty: float | None
    reps: int
    lapses: int
    last_review: datetime | None
    retrievability: float | None
    created_at: datetime


COLUMNS = sorted(set(CardFields.model_fields) & {field.attname for field in Card._meta.concrete_fields})


def card_fields(card: Card) -> dict[str, Any]:
    """The values of CardFields, for the shapes that extend it."""
    columns = {name: getattr(card, name) for name in COLUMNS}
    sides = card.sides
    computed = {"front": sides.front, "back": sides.back, "retrievability": card.retrievability(timezone.now())}
    return columns | computed


class CardOut(CardFields):
    """`front` and `back` are what this card asks and answers, as Markdown: a reversed card asks the answer."""

    @classmethod
    def of(cls, card: Card) -> Self:
        return cls(**card_fields(card))


class FoundCard(CardOut):
    """A card among the results of a search, with the message it was made from, if that is not deleted."""

    message: MessageOut | None

    @classmethod
    def of(cls, card: Card) -> Self:
        source = card.message if card.message and card.message.is_accessible else None
        message = MessageOut.of(source).model_copy(update={"has_flashcards": True}) if source else None
        return cls(**card_fields(card), message=message)


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


class CardFilter(Listing):
    q: str = Field("", max_length=200)
    status: CardStatus | None = None
    state: CardState | None = None
    tag: str = Field("", max_length=MAX_TAG_LENGTH)
    goal_id: Key | None = None
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
    compared_by_meaning: bool
    cards: list[CardOut]
    duplicates: list[DuplicateOut]

    @classmethod
    def of(cls, generation: Generation) -> Self:
        result = queries.generation_result(generation)
        return cls(
            id=generation.pk,
            status=generation.status,
            error=generation.error,
            message_id=generation.message_id,
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
