"""The JSON API of chat."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from functools import partial
from typing import Annotated, cast
from uuid import UUID

from asgiref.sync import sync_to_async
from django.http import HttpResponseBase
from ninja import Query, Router, Status
from pydantic import BaseModel

from accounts.models import Scope
from accounts.sign_in.api_authentication import session_or_token, still_allowed
from base import sse
from base.api.document import raises
from base.api.pagination import InvalidCursor, Listing, Page, PreparedPages, paginate
from base.connections import release_connection
from base.errors import Conflict, Invalid, NotFound
from base.http import ApiRequest
from base.models import database_time
from base.quotas.slots import TooManyStreams
from chat import services
from chat.errors import (
    AnswerTooLong,
    EmptyMessage,
    MessageTooLong,
    NothingToContinue,
    NotTheLastReply,
    ReplyInProgress,
    TooManyConversations,
    TooManyReplies,
)
from chat.memory.queries import pieces_of
from chat.memory.schemas import ContextAnswer, LeftOutAnswer, LeftOutOut, NewLeftOut, PieceOut
from chat.memory.services import forget_message, leave_out_piece, remember_message, use_piece_again
from chat.models import Message, MessageStatus
from chat.queries import conversation_of
from chat.replies.buffer import Delta
from chat.replies.reader import Event, KeepAlive, follow
from chat.schemas import (
    ConversationChange,
    ConversationFilter,
    ConversationOut,
    ExchangeOut,
    MessageAnswer,
    MessageChange,
    MessageOut,
    ModelChoice,
    NewConversation,
    NewMessage,
    RelatedAnswer,
    RelatedOut,
    ReplyAnswer,
    Search,
    SearchAnswer,
)
from chat.search.filters import SearchFilter
from chat.search.related import related_conversations
from chat.search.schemas import JointSearch
from chat.subjects.queries import changed_subject, subject_of
from flashcards.queries import with_has_flashcards
from search.joint_search import SearchResults, search
from search.schemas import answer, answer_model

router = Router(tags=["Chat"])
messages = Router(tags=["Chat"])
SUBJECT_FIELDS = {"goal_id", "skill_node_id"}
everything = Router(tags=["Search"])


@router.get("/conversations", response=Page[ConversationOut])
@raises(InvalidCursor)
def conversation_list(request: ApiRequest, filters: Query[ConversationFilter]) -> Page[ConversationOut]:
    return paginate(request.user.conversations.alive().filter(**filters.conditions()), filters, ConversationOut.of)


@router.post("/conversations", response={201: ConversationOut})
@raises(NotFound, TooManyConversations)
def conversation_create(request: ApiRequest, body: NewConversation) -> Status[ConversationOut]:
    """With `goal_id` or `skill_node_id`, answers know the goal and how much of each skill the user still knows."""
    conversation = services.start_conversation(
        owner=request.user,
        title=body.title,
        provider=body.provider or "",
        model=body.model,
        use_memory=body.use_memory,
        subject=subject_of(request.user, goal_id=body.goal_id, skill_id=body.skill_node_id),
    )
    return Status(201, ConversationOut.of(conversation))


@router.get("/conversations/{uuid:conversation_id}", response=ConversationOut)
def conversation_detail(request: ApiRequest, conversation_id: UUID) -> ConversationOut:
    return ConversationOut.of(request.user.conversations.alive().get_or_not_found(conversation_id))


@router.patch("/conversations/{uuid:conversation_id}", response=ConversationOut)
def conversation_change(request: ApiRequest, conversation_id: UUID, body: ConversationChange) -> ConversationOut:
    """What is not named stays as it is."""
    conversation = request.user.conversations.alive().get_or_not_found(conversation_id)
    changes = cast(services.ConversationChanges, body.model_dump(exclude_unset=True, exclude=SUBJECT_FIELDS))
    if SUBJECT_FIELDS & body.model_fields_set:
        subject = changed_subject(conversation, body.model_dump(exclude_unset=True, include=SUBJECT_FIELDS))
        changes |= {"goal": subject.goal, "skill": subject.skill}
    return ConversationOut.of(services.change_conversation(conversation=conversation, **changes))


@router.delete("/conversations/{uuid:conversation_id}", response={204: None})
def conversation_delete(request: ApiRequest, conversation_id: UUID) -> Status[None]:
    conversation = request.user.conversations.alive().get_or_not_found(conversation_id)
    services.delete_conversation(conversation=conversation, at=database_time())
    return Status(204, None)


# What replies were given, up to 10 KB each, is not in the list.
_MESSAGES = PreparedPages(
    lambda owner_id, conversation_id: with_has_flashcards(
        Message.objects.alive().filter(owner_id=owner_id, conversation_id=conversation_id).defer("context")
    ),
    newest_first=False,
    owner_id=UUID,
    conversation_id=UUID,
)


@router.get("/conversations/{uuid:conversation_id}/messages", response=Page[MessageOut])
@raises(InvalidCursor)
def message_list(request: ApiRequest, conversation_id: UUID, listing: Query[Listing]) -> Page[MessageOut]:
    page = _MESSAGES.page(listing, MessageOut.of, owner_id=request.user.pk, conversation_id=conversation_id)
    if not page.items:
        request.user.conversations.alive().get_or_not_found(conversation_id)
    return page


@router.post("/conversations/{uuid:conversation_id}/messages", response={201: ExchangeOut})
@raises(EmptyMessage, MessageTooLong, Conflict, ReplyInProgress, TooManyReplies)
def message_send(request: ApiRequest, conversation_id: UUID, body: NewMessage) -> Status[ExchangeOut]:
    exchange = services.send_message(
        conversation=conversation_of(request.user, conversation_id),
        content=body.content,
        provider=body.provider or "",
        model=body.model,
    )
    return Status(201, ExchangeOut.of(exchange))


@router.get("/conversations/{uuid:conversation_id}/related", response=RelatedAnswer)
def conversation_related(
    request: ApiRequest, conversation_id: UUID, limit: Annotated[int, Query(ge=1, le=50)] = 5
) -> RelatedAnswer:
    conversation = request.user.conversations.alive().get_or_not_found(conversation_id)
    related = related_conversations(conversation, limit=limit)
    return RelatedAnswer(items=[RelatedOut.of(item) for item in related])


@messages.post("/search", response=SearchAnswer, auth=session_or_token(Scope.READ))
def message_search(request: ApiRequest, body: Search) -> SearchAnswer:
    return SearchAnswer.of(_search(request, body, SearchFilter(), kinds=["message"], weak=True))


@everything.post("", response=answer_model(), auth=session_or_token(Scope.READ))
@raises(Invalid)
def joint_search(request: ApiRequest, body: JointSearch) -> BaseModel:
    """Results of several kinds, best first. `highlight` is an excerpt as safe HTML."""
    return answer(_search(request, body, SearchFilter(has_cards=body.has_cards), kinds=body.kinds))


def _search(
    request: ApiRequest, body: Search, matching: SearchFilter, *, kinds: Sequence[str], weak: bool = False
) -> SearchResults:
    matching = replace(
        matching, role=body.role, conversation_id=body.conversation_id, after=body.after, before=body.before
    )
    return search(
        owner=request.user,
        query=body.query,
        kinds=kinds,
        mode=body.mode,
        filters=matching.for_index(),
        limit=body.limit,
        weak=weak,
    )


@router.get("/messages/{uuid:message_id}", response=MessageOut)
def message_detail(request: ApiRequest, message_id: UUID) -> MessageOut:
    messages = with_has_flashcards(request.user.messages.accessible())
    return MessageOut.of(messages.get_or_not_found(message_id))


@router.patch("/messages/{uuid:message_id}", response=MessageOut)
def message_change(request: ApiRequest, message_id: UUID, body: MessageChange) -> MessageOut:
    """A forgotten message stays in its conversation, but is neither found nor used in answers."""
    change = forget_message if body.forgotten else remember_message
    change(message=request.user.messages.accessible().get_or_not_found(message_id))
    return message_detail(request, message_id)


@router.get("/messages/{uuid:message_id}/context", response=ContextAnswer)
def message_context(request: ApiRequest, message_id: UUID) -> ContextAnswer:
    """What the model was given of the user's memory for this answer, by number. A failed answer shows nothing."""
    reply = request.user.messages.accessible().get_or_not_found(message_id)
    return ContextAnswer(items=[PieceOut.of(piece) for piece in pieces_of(reply)])


@router.get("/conversations/{uuid:conversation_id}/left-out", response=LeftOutAnswer)
def left_out_list(request: ApiRequest, conversation_id: UUID) -> LeftOutAnswer:
    """What answers in this conversation no longer get, the newest first."""
    conversation = request.user.conversations.alive().get_or_not_found(conversation_id)
    return LeftOutAnswer(items=[LeftOutOut.of(row) for row in conversation.left_out_pieces.order_by("-id")])


@router.post("/messages/{uuid:message_id}/context/left-out", response={201: LeftOutOut})
def left_out_create(request: ApiRequest, message_id: UUID, body: NewLeftOut) -> Status[LeftOutOut]:
    """Use this piece of the answer's context no more in its conversation."""
    reply = request.user.messages.accessible().get_or_not_found(message_id)
    return Status(201, LeftOutOut.of(leave_out_piece(reply=reply, number=body.number)))


@router.delete("/left-out/{uuid:left_out_id}", response={204: None})
def left_out_delete(request: ApiRequest, left_out_id: UUID) -> Status[None]:
    """Use the piece again."""
    use_piece_again(left_out=request.user.left_out_pieces.accessible().get_or_not_found(left_out_id))
    return Status(204, None)


@router.post("/messages/{uuid:message_id}/stop", response=MessageAnswer)
def message_stop(request: ApiRequest, message_id: UUID) -> MessageAnswer:
    services.stop_reply(reply=request.user.messages.accessible().get_or_not_found(message_id))
    return MessageAnswer(message=message_detail(request, message_id))


@router.post("/messages/{uuid:message_id}/regenerate", response={201: ReplyAnswer})
@raises(NotTheLastReply, Conflict, ReplyInProgress, TooManyReplies)
def message_regenerate(request: ApiRequest, message_id: UUID, body: ModelChoice | None = None) -> Status[ReplyAnswer]:
    choice = body or ModelChoice()
    reply = services.regenerate_reply(
        reply=request.user.messages.accessible().get_or_not_found(message_id),
        provider=choice.provider or "",
        model=choice.model,
    )
    return Status(201, ReplyAnswer(reply=MessageOut.of(reply)))


@router.post("/messages/{uuid:message_id}/continue", response=ReplyAnswer)
@raises(NotTheLastReply, NothingToContinue, AnswerTooLong, Conflict, ReplyInProgress, TooManyReplies)
def message_continue(request: ApiRequest, message_id: UUID) -> ReplyAnswer:
    services.continue_reply(reply=request.user.messages.accessible().get_or_not_found(message_id))
    return ReplyAnswer(reply=message_detail(request, message_id))


@router.get("/messages/{uuid:message_id}/stream", openapi_extra=sse.DOCUMENTATION)
@raises(TooManyStreams)
def message_stream(request: ApiRequest, message_id: UUID, after: int | None = None) -> HttpResponseBase:
    """Server-sent events: `delta`, then `done` or `error`. An event's id is the number of characters up to it;
    sent back as `Last-Event-ID` or `?after=`, the answer goes on from there."""
    message = request.user.messages.accessible().get_or_not_found(message_id)
    position = sse.resume_position(request)
    allowed = partial(still_allowed, request)
    events = follow(reply_id=message.pk, position=position, allowed=allowed)
    return sse.stream_response(_json_events(message.pk, position, events), reader=request.user.pk)


async def _json_events(
    message_id: UUID, position: int, events: AsyncGenerator[Event, None]
) -> AsyncGenerator[str, None]:
    yield sse.RETRY
    async for event in events:
        if isinstance(event, Delta):
            position = event.end
            yield sse.json_event("delta", {"text": event.text}, position)
        elif isinstance(event, KeepAlive):
            yield sse.KEEP_ALIVE
        else:
            message = await _message_out(message_id)
            name = "error" if message.status == MessageStatus.FAILED else "done"
            yield sse.json_event(name, {"message": message.model_dump()}, position)


@sync_to_async(thread_sensitive=False)
def _message_out(message_id: UUID) -> MessageOut:
    try:
        return MessageOut.of(with_has_flashcards(Message.objects.all()).get(pk=message_id))
    finally:
        release_connection()


ROUTERS = {"/chat": router, "/messages": messages, "/search": everything}
