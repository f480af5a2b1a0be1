"""The JSON API of cards and generations. Burying is in the quiz app, which knows when a person's day ends."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, Query, Router, Schema, Status
from pydantic import AwareDatetime, BaseModel, model_validator

from base.api.pagination import Listing, Page, paginate
from base.http import ApiRequest
from flashcards import queries, services
from flashcards.generation import services as generations
from flashcards.models import (
    LONGEST_SIDE,
    LONGEST_TAG,
    MOST_TAGS,
    Card,
    CardKind,
    CardState,
    CardStatus,
    Generation,
)
from providers.models import ProviderName

router = Router(tags=["Cards"])

# Answers are plain pydantic models: ninja's Schema would look at each field through a getter, 20 cards in 12 ms.
Side = Annotated[str, Field(max_length=LONGEST_SIDE)]
Tags = Annotated[list[Annotated[str, Field(max_length=LONGEST_TAG)]], Field(max_length=MOST_TAGS)]


class CardOut(BaseModel):
    """`front` and `back` are what this card asks and answers, as Markdown: a reversed card asks the answer."""

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

    @classmethod
    def of(cls, card: Card, **more: Any) -> Self:
        faces = card.faces
        row = {name: getattr(card, name) for name in COLUMNS}
        return cls(
            **row, front=faces.front, back=faces.back, retrievability=card.retrievability(timezone.now()), **more
        )


COLUMNS = sorted(set(CardOut.model_fields) & {field.attname for field in Card._meta.concrete_fields})


class NewCard(Schema):
    question: Side
    answer: Side = ""
    kind: CardKind = CardKind.BASIC
    tags: Tags = []
    message_id: UUID | None = None
    skill_node_id: UUID | None = None


class CardChange(Schema):
    question: Side = ""
    answer: Side = ""
    tags: Tags = []
    message_id: UUID | None = None


class CardFilter(Listing):
    q: str = Field("", max_length=200)
    status: CardStatus | None = None
    state: CardState | None = None
    tag: str = Field("", max_length=LONGEST_TAG)
    goal_id: UUID | None = None
    message_id: UUID | None = None
    due_before: AwareDatetime | None = None


class GenerationRequest(Schema):
    """One of `message_id`, `skill_node_id` and `text`."""

    message_id: UUID | None = None
    skill_node_id: UUID | None = None
    text: str | None = Field(None, max_length=100_000)
    max_cards: int = Field(10, ge=1, le=50)
    provider: ProviderName | None = None
    model: str = Field("", max_length=100)
    accept: bool = False

    @model_validator(mode="after")
    def one_source(self) -> Self:
        if sum(source is not None for source in (self.message_id, self.skill_node_id, self.text)) != 1:
            raise ValueError("Give one of message_id, skill_node_id and text.")
        return self


class ErrorOut(BaseModel):
    code: str
    detail: str


class DuplicateOut(BaseModel):
    question: str
    answer: str
    of: CardOut | None
    similarity: float
    kind: str
    draft_id: UUID | None


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
        outcome = queries.outcome_of(generation)
        return cls(
            id=generation.pk,
            status=generation.status,
            error=generation.error,
            message_id=generation.message_id,
            compared_by_meaning=generation.compared_by_meaning,
            cards=[CardOut.of(card) for card in outcome.cards],
            duplicates=[
                DuplicateOut(**pair.note | {"of": CardOut.of(pair.of) if pair.of else None})
                for pair in outcome.duplicates
            ],
        )


class GenerationAnswer(BaseModel):
    generation: GenerationOut


class Decision(Schema):
    accept: list[UUID] = Field([], max_length=100)
    discard: list[UUID] = Field([], max_length=100)


class Cards(BaseModel):
    cards: list[CardOut]


def card_or_404(request: ApiRequest, card_id: UUID) -> Card:
    return get_object_or_404(request.user.cards.alive(), pk=card_id)


@router.get("", response=Page[CardOut])
def card_list(request: ApiRequest, filters: Query[CardFilter]) -> Page[CardOut]:
    """The newest first; drafts only when asked for by `status`."""
    if filters.goal_id is not None:
        return paginate(request.user.cards.none(), filters, CardOut.of)
    cards = queries.browse(
        owner=request.user,
        words=filters.q,
        status=filters.status or "",
        state=filters.state or "",
        tag=filters.tag,
        message_id=filters.message_id,
        due_before=filters.due_before,
    )
    return paginate(cards, filters, CardOut.of)


@router.post("", response={201: CardOut})
def card_create(request: ApiRequest, body: NewCard) -> Status[CardOut]:
    """The first card of the note; a reverse or cloze note has several, which share `note_id`."""
    if body.skill_node_id is not None:
        raise Http404
    message = body.message_id and get_object_or_404(request.user.messages, pk=body.message_id)
    fields = body.dict(exclude={"message_id", "skill_node_id"})
    return Status(201, CardOut.of(services.create_card(owner=request.user, message=message or None, **fields)[0]))


@router.post("/generate", response={202: GenerationAnswer})
def generate(request: ApiRequest, body: GenerationRequest) -> Status[GenerationAnswer]:
    if body.skill_node_id is not None:
        raise Http404
    message = body.message_id and get_object_or_404(request.user.messages.alive(), pk=body.message_id)
    generation = generations.start_generation(
        owner=request.user,
        message=message or None,
        text=body.text or "",
        max_cards=body.max_cards,
        provider=body.provider or "",
        model=body.model,
        accept=body.accept,
    )
    return Status(202, GenerationAnswer(generation=GenerationOut.of(generation)))


@router.get("/generations/{uuid:generation_id}", response=GenerationOut)
def generation_detail(request: ApiRequest, generation_id: UUID) -> GenerationOut:
    return GenerationOut.of(get_object_or_404(request.user.generations, pk=generation_id))


@router.post("/generations/{uuid:generation_id}/accept", response=Cards)
def generation_accept(request: ApiRequest, generation_id: UUID, body: Decision) -> Cards:
    generation = get_object_or_404(request.user.generations, pk=generation_id)
    cards = generations.accept_drafts(generation=generation, accept=body.accept, discard=body.discard)
    return Cards(cards=[CardOut.of(card) for card in cards])


@router.get("/{uuid:card_id}", response=CardOut)
def card_detail(request: ApiRequest, card_id: UUID) -> CardOut:
    return CardOut.of(card_or_404(request, card_id))


@router.patch("/{uuid:card_id}", response=CardOut)
def card_edit(request: ApiRequest, card_id: UUID, body: CardChange) -> CardOut:
    card = card_or_404(request, card_id)
    changes = body.dict(exclude_unset=True)
    if "message_id" in changes:
        key = changes.pop("message_id")
        changes["message"] = key and get_object_or_404(request.user.messages, pk=key)
    return CardOut.of(services.edit_card(card=card, **changes))


@router.delete("/{uuid:card_id}", response={204: None})
def card_delete(request: ApiRequest, card_id: UUID) -> Status[None]:
    services.delete_card(card=card_or_404(request, card_id), at=timezone.now())
    return Status(204, None)


@router.post("/{uuid:card_id}/suspend", response=CardOut)
def card_suspend(request: ApiRequest, card_id: UUID) -> CardOut:
    services.suspend_cards(cards=[card_or_404(request, card_id)])
    return card_detail(request, card_id)


@router.post("/{uuid:card_id}/unsuspend", response=CardOut)
def card_unsuspend(request: ApiRequest, card_id: UUID) -> CardOut:
    services.unsuspend_cards(cards=[card_or_404(request, card_id)])
    return card_detail(request, card_id)


@router.post("/{uuid:card_id}/reset", response=CardOut)
def card_reset(request: ApiRequest, card_id: UUID) -> CardOut:
    return CardOut.of(services.reset_card(card=card_or_404(request, card_id), at=timezone.now()))


ROUTERS = {"/flashcards": router}
