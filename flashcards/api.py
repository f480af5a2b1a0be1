"""The JSON API of cards and generations. Burying is in the quiz app, which knows when the user's day ends."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from ninja import Query, Router, Status

from base.api.document import raises
from base.api.pagination import InvalidCursor, Page, paginate
from base.errors import NotFound
from base.http import ApiRequest
from base.models import database_time
from flashcards import queries, services
from flashcards.batches import services as batches
from flashcards.batches.queries import batch_result, chosen_skills
from flashcards.errors import (
    BatchRunning,
    CardIsDraft,
    EmptySide,
    NoGap,
    NoSkillsChosen,
    NothingToLearnFrom,
    NothingToRestore,
    NothingToResume,
    SameCard,
    SidesEqual,
    TextTooLong,
    TooManyGenerations,
    UnknownDraft,
)
from flashcards.generation import services as generations
from flashcards.schemas import (
    BatchAnswer,
    BatchOut,
    BatchRequest,
    CardChange,
    CardFilter,
    CardOut,
    Cards,
    Decision,
    GenerationAnswer,
    GenerationOut,
    GenerationRequest,
    NewCard,
)
from providers.errors import KeyMissing, KeyUnreadable

router = Router(tags=["Cards"])


@router.get("", response=Page[CardOut])
@raises(InvalidCursor)
def card_list(request: ApiRequest, filters: Query[CardFilter]) -> Page[CardOut]:
    """The newest first; drafts only when asked for by `status`."""
    cards = queries.filter_cards(
        owner=request.user,
        words=filters.q,
        status=filters.status or "",
        state=filters.state or "",
        tag=filters.tag,
        message_id=filters.message_id,
        goal_id=filters.goal_id,
        skill_id=filters.skill_node_id,
        due_before=filters.due_before,
    )
    return paginate(cards.joined(), filters, CardOut.of)


@router.post("", response={201: CardOut})
@raises(NotFound, EmptySide, NoGap, SidesEqual, SameCard)
def card_create(request: ApiRequest, body: NewCard) -> Status[CardOut]:
    """The first card of the note; a reverse or cloze note has several, which share `note_id`."""
    values = body.model_dump(exclude={"message_id", "skill_node_id"}) | _related(request, body.model_dump())
    return Status(201, CardOut.of(services.create_card(owner=request.user, **values)[0]))


def _related(request: ApiRequest, body: dict[str, Any]) -> dict[str, Any]:
    """The rows that the ids in the body name, as the services take them. Raises NotFound."""
    user, related = request.user, dict[str, Any]()
    if "message_id" in body:
        message_id = body["message_id"]
        related["message"] = user.messages.get_or_not_found(message_id) if message_id else None
    if "skill_node_id" in body:
        skill_id = body["skill_node_id"]
        related["skill"] = user.skill_nodes.accepted().get_or_not_found(skill_id) if skill_id else None
    return related


@router.post("/generate", response={202: GenerationAnswer})
@raises(NotFound, NothingToLearnFrom, TextTooLong, TooManyGenerations, KeyMissing, KeyUnreadable)
def generate(request: ApiRequest, body: GenerationRequest) -> Status[GenerationAnswer]:
    """Cards from a message are for the skill that its conversation is about, if there is one."""
    user = request.user
    messages = user.messages.alive().select_related("conversation")
    generation = generations.start_generation(
        owner=user,
        message=messages.get_or_not_found(body.message_id) if body.message_id else None,
        skill=user.skill_nodes.accepted().get_or_not_found(body.skill_node_id) if body.skill_node_id else None,
        text=body.text or "",
        max_cards=body.max_cards,
        provider=body.provider or "",
        model=body.model,
        accept=body.accept,
    )
    return Status(202, GenerationAnswer(generation=GenerationOut.of(generation)))


@router.get("/generations/{uuid:generation_id}", response=GenerationOut)
def generation_detail(request: ApiRequest, generation_id: UUID) -> GenerationOut:
    return GenerationOut.of(request.user.generations.get_or_not_found(generation_id))


@router.post("/generations/{uuid:generation_id}/accept", response=Cards)
@raises(UnknownDraft)
def generation_accept(request: ApiRequest, generation_id: UUID, body: Decision) -> Cards:
    generation = request.user.generations.get_or_not_found(generation_id)
    cards = generations.accept_drafts(generation=generation, accept=body.accept, discard=body.discard)
    return Cards.of(cards)


@router.post("/batches", response={202: BatchAnswer})
@raises(NotFound, NoSkillsChosen, BatchRunning, TooManyGenerations, KeyMissing, KeyUnreadable)
def batch_start(request: ApiRequest, body: BatchRequest) -> Status[BatchAnswer]:
    """Make cards for many skills of a goal, one skill after the other."""
    goal = request.user.goals.alive().get_or_not_found(body.goal_id)
    batch = batches.start_batch(
        owner=request.user,
        goal=goal,
        skills=chosen_skills(goal, body.skill_node_ids),
        provider=body.provider or "",
        **body.model_dump(include={"budget", "cards_per_skill", "model"}),
    )
    return Status(202, BatchAnswer(batch=BatchOut.of(batch_result(batch))))


@router.get("/batches/{uuid:batch_id}", response=BatchOut)
def batch_detail(request: ApiRequest, batch_id: UUID) -> BatchOut:
    return BatchOut.of(batch_result(request.user.generation_batches.get_or_not_found(batch_id)))


@router.post("/batches/{uuid:batch_id}/cancel", response=BatchOut)
def batch_cancel(request: ApiRequest, batch_id: UUID) -> BatchOut:
    """Stop it. The drafts that it has made stay."""
    batches.cancel_batch(batch=request.user.generation_batches.get_or_not_found(batch_id))
    return batch_detail(request, batch_id)


@router.post("/batches/{uuid:batch_id}/resume", response=BatchOut)
@raises(NothingToResume, BatchRunning, TooManyGenerations, KeyMissing, KeyUnreadable)
def batch_resume(request: ApiRequest, batch_id: UUID) -> BatchOut:
    """Go on with the skills that failed, were canceled or were beyond the budget, which is raised if it is used up."""
    batches.resume_batch(batch=request.user.generation_batches.select_related("owner").get_or_not_found(batch_id))
    return batch_detail(request, batch_id)


@router.get("/{uuid:card_id}", response=CardOut)
def card_detail(request: ApiRequest, card_id: UUID) -> CardOut:
    return CardOut.of(request.user.cards.alive().joined().get_or_not_found(card_id))


@router.patch("/{uuid:card_id}", response=CardOut)
@raises(NotFound, EmptySide, NoGap, SidesEqual, SameCard, NothingToRestore)
def card_edit(request: ApiRequest, card_id: UUID, body: CardChange) -> CardOut:
    card = request.user.cards.alive().get_or_not_found(card_id)
    changes = body.model_dump(exclude_unset=True)
    values = {name: value for name, value in changes.items() if name not in ("message_id", "skill_node_id")}
    return card_detail(request, services.edit_card(card=card, **values, **_related(request, changes)).pk)


@router.delete("/{uuid:card_id}", response={204: None})
def card_delete(request: ApiRequest, card_id: UUID) -> Status[None]:
    services.delete_card(card=request.user.cards.alive().get_or_not_found(card_id), at=database_time())
    return Status(204, None)


@router.post("/{uuid:card_id}/suspend", response=CardOut)
@raises(CardIsDraft)
def card_suspend(request: ApiRequest, card_id: UUID) -> CardOut:
    services.suspend_cards(cards=[request.user.cards.alive().get_or_not_found(card_id)])
    return card_detail(request, card_id)


@router.post("/{uuid:card_id}/unsuspend", response=CardOut)
@raises(CardIsDraft)
def card_unsuspend(request: ApiRequest, card_id: UUID) -> CardOut:
    services.unsuspend_cards(cards=[request.user.cards.alive().get_or_not_found(card_id)])
    return card_detail(request, card_id)


@router.post("/{uuid:card_id}/reset", response=CardOut)
@raises(CardIsDraft)
def card_reset(request: ApiRequest, card_id: UUID) -> CardOut:
    card = request.user.cards.alive().get_or_not_found(card_id)
    return CardOut.of(services.reset_card(card=card, at=timezone.now()))


ROUTERS = {"/flashcards": router}
