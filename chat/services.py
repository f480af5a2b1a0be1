"""The verbs of conversations and their messages."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypedDict, Unpack
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from base.errors import Conflict
from chat.errors import EmptyMessage, MessageTooLong, NothingToContinue, NotTheLastReply, ReplyUnderWay, TooManyReplies
from chat.models import LONGEST_MESSAGE, Conversation, Message, MessageStatus, Role
from chat.replies.lifecycle import enqueue_reply, finish_reply
from chat.titles import storable, title_from
from providers.gateway import default_choice
from search.services import mark_changed

# The page offers Undo for ten seconds; the rest is for slow networks.
UNDO_TIME = timedelta(minutes=1)


class ConversationChanges(TypedDict, total=False):
    title: str
    provider: str
    model: str
    use_memory: bool
    pinned: bool
    archived: bool


@dataclass(frozen=True)
class Exchange:
    """A person's message and the reply that is being written to it."""

    message: Message
    reply: Message


def start_conversation(
    *, owner: User, title: str = "", provider: str = "", model: str = "", use_memory: bool = True
) -> Conversation:
    """Open an empty conversation; without a provider, with the person's default one."""
    if not provider:
        provider, model = default_choice(owner=owner)
    return Conversation.objects.create(
        owner=owner, title=storable(title), provider=provider, model=storable(model), use_memory=use_memory
    )


def open_conversation(*, owner: User, content: str, provider: str = "", model: str = "") -> Exchange:
    """Start a conversation with its first message, or neither; errors as `send_message`."""
    if not provider:
        provider, model = default_choice(owner=owner)  # may ask a server, so before the transaction
    with transaction.atomic():
        conversation = start_conversation(owner=owner, provider=provider, model=model)
        return send_message(conversation=conversation, content=content)


@transaction.atomic
def change_conversation(*, conversation: Conversation, **changes: Unpack[ConversationChanges]) -> Conversation:
    """Rename, pin, archive, choose the model or switch memory; what is not named stays."""
    conversation = Conversation.objects.select_for_update().get(pk=conversation.pk)
    for field, value in changes.items():
        setattr(conversation, field, storable(value) if isinstance(value, str) else value)
    conversation.save(update_fields=list(changes))
    return conversation


@transaction.atomic
def delete_conversation(*, conversation: Conversation, at: datetime) -> None:
    """Hide the conversation, take its messages out of memory and stop its reply; purged after `UNDO_TIME`."""
    _wait_for_writers(conversation)
    Conversation.objects.filter(pk=conversation.pk, deleted_at=None).update(deleted_at=at)
    conversation.messages.filter(status=MessageStatus.GENERATING).update(stop_requested=True)
    _mark_messages(conversation)


@transaction.atomic
def restore_conversation(*, conversation: Conversation) -> Conversation:
    """Undo a deletion; `Conflict` when nothing is left to bring back."""
    _wait_for_writers(conversation)
    if not Conversation.objects.filter(pk=conversation.pk).update(deleted_at=None):
        raise Conflict
    _mark_messages(conversation)
    conversation.deleted_at = None
    return conversation


def purge_conversations(*, at: datetime) -> None:
    """Delete for good what was deleted before the time of undo."""
    expired = Conversation.objects.filter(deleted_at__lt=at - UNDO_TIME).values_list("pk", flat=True)
    for conversation_id in list(expired[:500]):
        _purge(conversation_id, before=at - UNDO_TIME)


@transaction.atomic
def send_message(*, conversation: Conversation, content: str, provider: str = "", model: str = "") -> Exchange:
    """Store the person's message and the empty reply, and ask a worker to write it after commit.

    A provider and model given here stay chosen for the conversation.
    Errors: `EmptyMessage`, `MessageTooLong`, `ReplyUnderWay`, `TooManyReplies`.
    """
    content = storable(content)
    if not content.strip():
        raise EmptyMessage
    if len(content) > LONGEST_MESSAGE:
        raise MessageTooLong
    changes = {"provider": provider, "model": model} if provider else {}
    if not conversation.title:
        changes["title"] = title_from(content)
    _begin_reply(conversation, **changes)
    message = Message(conversation=conversation, owner_id=conversation.owner_id, role=Role.USER, content=content)
    reply = _empty_reply(message, conversation, provider, model)
    # One statement for both. The reply has nothing to find yet, so only the message is marked for the index.
    Message.objects.bulk_create([message, reply])
    mark_changed(table="messages", owner_id=conversation.owner_id, entity_ids=[message.pk])
    enqueue_reply(reply.pk)
    return Exchange(message, reply)


@transaction.atomic
def regenerate_reply(*, reply: Message, provider: str = "", model: str = "") -> Message:
    """Put a new, empty reply in the place of the conversation's last one, which stays for the cards made of it.

    Errors: `NotTheLastReply`, `ReplyUnderWay`, `TooManyReplies`.
    """
    conversation = reply.conversation
    _begin_reply(conversation)
    reply = _last_reply(conversation, reply)
    reply.superseded = True
    reply.save(update_fields=["superseded"])
    fresh = _empty_reply(reply.in_reply_to or reply, conversation, provider, model)
    fresh.created_at = timezone.now()
    Message.objects.bulk_create([fresh])
    enqueue_reply(fresh.pk)
    return fresh


@transaction.atomic
def continue_reply(*, reply: Message) -> Message:
    """Go on with a reply that failed or was stopped, after the text it has.

    Errors: `NotTheLastReply`, `NothingToContinue`, `ReplyUnderWay`, `TooManyReplies`.
    """
    conversation = reply.conversation
    _begin_reply(conversation)
    reply = _last_reply(conversation, reply)
    if reply.status == MessageStatus.COMPLETE:
        raise NothingToContinue
    reply.status, reply.error, reply.heartbeat_at = MessageStatus.GENERATING, None, None
    reply.stop_requested, reply.finished_at = False, None
    reply.save(update_fields=["status", "error", "heartbeat_at", "stop_requested", "finished_at"])
    enqueue_reply(reply.pk)
    return reply


@transaction.atomic
def stop_reply(*, reply: Message) -> Message:
    """Ask for the end of a reply; the text so far stays. A reply that is finished stays as it is."""
    reply = Message.objects.select_for_update().get(pk=reply.pk)
    if reply.status != MessageStatus.GENERATING:
        return reply
    if reply.heartbeat_at is None:  # no worker has it, so none would notice
        finish_reply(reply_id=reply.pk, status=MessageStatus.STOPPED, content=reply.content)
        reply.refresh_from_db()
        return reply
    reply.stop_requested = True
    Message.objects.filter(pk=reply.pk).update(stop_requested=True)
    return reply


def _begin_reply(conversation: Conversation, **changes: str) -> None:
    """Move the conversation to the front, which locks its row: of two tabs, the second sees the first's reply."""
    living = Conversation.objects.filter(pk=conversation.pk, deleted_at=None)
    if not living.update(updated_at=timezone.now(), **changes):
        raise Conflict
    writing = Message.objects.filter(owner=conversation.owner_id, status=MessageStatus.GENERATING)
    busy = list(writing.values_list("conversation_id", flat=True))
    if conversation.pk in busy:
        raise ReplyUnderWay
    if len(busy) >= settings.REPLIES_AT_ONCE:
        raise TooManyReplies(retry_after=5)


def _empty_reply(asked: Message, conversation: Conversation, provider: str, model: str) -> Message:
    if not provider:
        provider, model = conversation.provider, model or conversation.model
    return Message(
        conversation=conversation,
        owner_id=conversation.owner_id,
        in_reply_to=asked,
        role=Role.ASSISTANT,
        status=MessageStatus.GENERATING,
        provider=provider,
        model=storable(model),
        # The same moment would leave the order of the two to their ids.
        created_at=asked.created_at + timedelta(microseconds=1),
    )


def _last_reply(conversation: Conversation, reply: Message) -> Message:
    last = conversation.messages.filter(superseded=False).order_by("-created_at", "-id").first()
    if last is None or last.pk != reply.pk or last.role != Role.ASSISTANT:
        raise NotTheLastReply
    return last


@transaction.atomic
def _purge(conversation_id: UUID, *, before: datetime) -> None:
    # Looked at again under the lock: it may have been brought back since the list was made.
    doomed = Conversation.objects.select_for_update().filter(pk=conversation_id, deleted_at__lt=before).first()
    if doomed is not None:
        doomed.delete()


def _wait_for_writers(conversation: Conversation) -> None:
    """Let a reply that is just being finished go first: of two outbox rows of a message the later one is believed."""
    list(conversation.messages.filter(status=MessageStatus.GENERATING).select_for_update().values_list("pk"))


def _mark_messages(conversation: Conversation) -> None:
    messages = conversation.messages.values_list("pk", flat=True)
    mark_changed(table="messages", owner_id=conversation.owner_id, entity_ids=list(messages))
