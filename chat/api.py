"""The JSON API of chat."""

from collections.abc import AsyncGenerator
from functools import partial
from typing import Annotated, Any, cast
from uuid import UUID

from asgiref.sync import sync_to_async
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router, Status
from ninja.responses import Response

from accounts.models import Scope
from accounts.sign_in.api_authentication import session_or_token, still_allowed
from base import sse
from base.api.pagination import Listing, Page, paginate
from base.connections import release_connection
from base.http import ApiRequest
from chat import queries, services
from chat.models import Conversation, Message, MessageStatus
from chat.replies.buffer import Piece
from chat.replies.reader import Beat, Event, follow
from chat.schemas import (
    ConversationChange,
    ConversationOut,
    ExchangeOut,
    MessageAnswer,
    MessageOut,
    ModelChoice,
    NewConversation,
    NewMessage,
    RelatedAnswer,
    ReplyAnswer,
    Search,
    SearchAnswer,
    message_json,
)
from chat.search.messages import Narrowing, search_messages
from chat.search.related import related_conversations

router = Router(tags=["Chat"])
messages = Router(tags=["Chat"])


def conversation_of(request: ApiRequest, conversation_id: UUID) -> Conversation:
    return get_object_or_404(request.user.conversations.alive(), pk=conversation_id)


def message_of(request: ApiRequest, message_id: UUID) -> Message:
    return get_object_or_404(queries.owned_messages(request.user).select_related("conversation"), pk=message_id)


@router.get("/conversations", response=Page[ConversationOut])
def conversation_list(request: ApiRequest, listing: Query[Listing]) -> Page[ConversationOut]:
    return paginate(request.user.conversations.alive(), listing, ConversationOut.from_orm)


@router.post("/conversations", response={201: ConversationOut})
def conversation_create(request: ApiRequest, body: NewConversation) -> Status[Conversation]:
    conversation = services.start_conversation(
        owner=request.user,
        title=body.title,
        provider=body.provider or "",
        model=body.model,
        use_memory=body.use_memory,
    )
    return Status(201, conversation)


@router.get("/conversations/{uuid:conversation_id}", response=ConversationOut)
def conversation_detail(request: ApiRequest, conversation_id: UUID) -> Conversation:
    return conversation_of(request, conversation_id)


@router.patch("/conversations/{uuid:conversation_id}", response=ConversationOut)
def conversation_change(request: ApiRequest, conversation_id: UUID, body: ConversationChange) -> Conversation:
    """What is not named stays as it is."""
    conversation = conversation_of(request, conversation_id)
    changes = cast(services.ConversationChanges, body.dict(exclude_unset=True))
    return services.change_conversation(conversation=conversation, **changes)


@router.delete("/conversations/{uuid:conversation_id}", response={204: None})
def conversation_delete(request: ApiRequest, conversation_id: UUID) -> Status[None]:
    services.delete_conversation(conversation=conversation_of(request, conversation_id), at=timezone.now())
    return Status(204, None)


@router.get("/conversations/{uuid:conversation_id}/messages", response=Page[MessageOut])
def message_list(request: ApiRequest, conversation_id: UUID, listing: Query[Listing]) -> HttpResponse:
    messages = queries.messages_of(conversation_of(request, conversation_id))
    return Response(paginate(messages, listing, message_json, newest_first=False))


@router.post("/conversations/{uuid:conversation_id}/messages", response={201: ExchangeOut})
def message_send(request: ApiRequest, conversation_id: UUID, body: NewMessage) -> Status[services.Exchange]:
    conversation = conversation_of(request, conversation_id)
    exchange = services.send_message(
        conversation=conversation, content=body.content, provider=body.provider or "", model=body.model
    )
    return Status(201, exchange)


@router.get("/conversations/{uuid:conversation_id}/related", response=RelatedAnswer)
def conversation_related(
    request: ApiRequest, conversation_id: UUID, limit: Annotated[int, Query(ge=1, le=50)] = 5
) -> dict[str, Any]:
    return {"items": related_conversations(conversation_of(request, conversation_id), limit=limit)}


@messages.post("/search", response=SearchAnswer, auth=session_or_token(Scope.READ))
def message_search(request: ApiRequest, body: Search) -> dict[str, Any]:
    narrowing = Narrowing(role=body.role, conversation_id=body.conversation_id, after=body.after, before=body.before)
    results = search_messages(
        owner=request.user, query=body.query, mode=body.mode, narrowing=narrowing, limit=body.limit
    )
    items = [{**vars(found), "conversation": found.message.conversation} for found in results.items]
    return {"items": items, "notice": results.notice}


@router.get("/messages/{uuid:message_id}", response=MessageOut)
def message_detail(request: ApiRequest, message_id: UUID) -> Message:
    return message_of(request, message_id)


@router.post("/messages/{uuid:message_id}/stop", response=MessageAnswer)
def message_stop(request: ApiRequest, message_id: UUID) -> dict[str, Message]:
    return {"message": services.stop_reply(reply=message_of(request, message_id))}


@router.post("/messages/{uuid:message_id}/regenerate", response={201: ReplyAnswer})
def message_regenerate(request: ApiRequest, message_id: UUID, body: ModelChoice | None = None) -> Status[Any]:
    choice = body or ModelChoice()
    reply = services.regenerate_reply(
        reply=message_of(request, message_id), provider=choice.provider or "", model=choice.model
    )
    return Status(201, {"reply": reply})


@router.post("/messages/{uuid:message_id}/continue", response=ReplyAnswer)
def message_continue(request: ApiRequest, message_id: UUID) -> dict[str, Message]:
    return {"reply": services.continue_reply(reply=message_of(request, message_id))}


@router.get("/messages/{uuid:message_id}/stream")
def message_stream(request: ApiRequest, message_id: UUID, after: int | None = None) -> HttpResponseBase:
    """Server-sent events: `delta`, then `done` or `error`. An event's id is the number of characters up to it;
    sent back as `Last-Event-ID` or `?after=`, the answer goes on from there."""
    message = message_of(request, message_id)
    position = sse.position_of(request)
    allowed = partial(still_allowed, request)
    events = follow(reply_id=message.pk, position=position, allowed=allowed)
    return sse.stream_response(_json_events(message.pk, position, events))


async def _json_events(
    message_id: UUID, position: int, events: AsyncGenerator[Event, None]
) -> AsyncGenerator[str, None]:
    yield sse.RETRY
    async for event in events:
        if isinstance(event, Piece):
            position = event.end
            yield sse.json_event("delta", {"text": event.text}, position)
        elif isinstance(event, Beat):
            yield sse.BEAT
        else:
            shown = await _shown(message_id)
            yield sse.json_event(
                "error" if shown["status"] == MessageStatus.FAILED else "done", {"message": shown}, position
            )


@sync_to_async(thread_sensitive=False)
def _shown(message_id: UUID) -> dict[str, Any]:
    try:
        return message_json(queries.with_cards(Message.objects.all()).get(pk=message_id))
    finally:
        release_connection()


ROUTERS = {"/chat": router, "/messages": messages}
