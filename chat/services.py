"""Services of conversations and their messages."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypedDict, Unpack
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from base.errors import Conflict
from base.models import ClockTimestamp
from base.quotas.rates import RateLimit
from base.sql.prepared import PreparedCounts
from base.text import storable
from chat.conversations.titles import title_from
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
from chat.models import MAX_MESSAGE_LENGTH, Conversation, Message, MessageStatus, Role
from chat.replies.lifecycle import REPLIES, finish_reply
from chat.subjects.subject import NO_SUBJECT, Subject
from goals.models import Goal, SkillNode
from providers.gateway import default_choice
from search.services import indexed_transaction, mark_changed

# The page shows "Undo" for ten seconds; the rest of the time is for slow networks.
UNDO_TIME = timedelta(minutes=1)
MAX_PURGED = 500  # conversations at a time
NEW_CONVERSATIONS = RateLimit(TooManyConversations)


class ConversationChanges(TypedDict, total=False):
    title: str
    provider: str
    model: str
    use_memory: bool
    goal: Goal | None
    skill: SkillNode | None
    pinned: bool
    archived: bool


@dataclass(frozen=True)
class Exchange:
    """A user's message and the reply to it."""

    message: Message
    reply: Message


def start_conversation(
    *,
    owner: User,
    title: str = "",
    provider: str = "",
    model: str = "",
    use_memory: bool = True,
    subject: Subject = NO_SUBJECT,
) -> Conversation:
    """Create an empty conversation. Without `provider` it gets the user's default model.

    Raises TooManyConversations.
    """
    NEW_CONVERSATIONS.count(owner.pk, limit=settings.CONVERSATIONS_PER_MINUTE)
    if not provider:
        provider, model = default_choice(owner=owner)
    return Conversation.objects.create(
        owner=owner,
        title=storable(title),
        provider=provider,
        model=storable(model),
        use_memory=use_memory,
        goal=subject.goal,
        skill=subject.skill,
    )


def open_conversation(
    *, owner: User, content: str, provider: str = "", model: str = "", subject: Subject = NO_SUBJECT
) -> Exchange:
    """Create a conversation with its first message. If `send_message` raises an error, neither is created."""
    if not provider:
        provider, model = default_choice(owner=owner)  # before the transaction, because it may ask a server
    with transaction.atomic():
        conversation = start_conversation(owner=owner, provider=provider, model=model, subject=subject)
        return send_message(conversation=conversation, content=content)


@transaction.atomic
def change_conversation(*, conversation: Conversation, **changes: Unpack[ConversationChanges]) -> Conversation:
    """Set the fields that are given and leave the others as they are."""
    conversation = Conversation.objects.select_for_update().get(pk=conversation.pk)
    for field, value in changes.items():
        setattr(conversation, field, storable(value) if isinstance(value, str) else value)
    conversation.save(update_fields=list(changes))
    return conversation


@transaction.atomic
def delete_conversation(*, conversation: Conversation, at: datetime) -> None:
    """Hide the conversation, remove its messages from the index and stop its reply. It is purged after `UNDO_TIME`."""
    _lock_unfinished_replies(conversation)
    Conversation.objects.filter(pk=conversation.pk, deleted_at=None).update(deleted_at=at)
    conversation.messages.filter(status=MessageStatus.GENERATING).update(stop_requested=True)
    _mark_messages(conversation)


@transaction.atomic
def restore_conversation(*, conversation: Conversation) -> Conversation:
    """Undo a deletion. Raises Conflict when the conversation has been purged."""
    _lock_unfinished_replies(conversation)
    if not Conversation.objects.filter(pk=conversation.pk).update(deleted_at=None):
        raise Conflict
    _mark_messages(conversation)
    conversation.deleted_at = None
    return conversation


def purge_conversations(*, at: datetime) -> None:
    """Delete the rows of conversations that were deleted longer than `UNDO_TIME` ago."""
    expired = Conversation.objects.filter(deleted_at__lt=at - UNDO_TIME).values_list("pk", flat=True)
    for conversation_id in list(expired[:MAX_PURGED]):
        _purge(conversation_id, before=at - UNDO_TIME)


@transaction.atomic
def send_message(*, conversation: Conversation, content: str, provider: str = "", model: str = "") -> Exchange:
    """Store the user's message and an empty reply, and after commit ask a worker to write the reply.

    A provider and model given here become those of the conversation.
    Raises EmptyMessage, MessageTooLong, Conflict, ReplyInProgress, TooManyReplies.
    """
    content = storable(content)
    if not content.strip():
        raise EmptyMessage
    if len(content) > MAX_MESSAGE_LENGTH:
        raise MessageTooLong
    changes = {"provider": provider, "model": model} if provider else {}
    if not conversation.title:
        changes["title"] = title_from(content)
    _begin_reply(conversation, **changes)
    message = Message(conversation=conversation, owner_id=conversation.owner_id, role=Role.USER, content=content)
    reply = _empty_reply(message, conversation, provider, model)
    # One statement for both. The reply has no text to index yet, so only the message is marked.
    Message.objects.bulk_create([message, reply])
    mark_changed(table="messages", owner_id=conversation.owner_id, entity_ids=[message.pk])
    REPLIES.enqueue(reply.pk)
    return Exchange(message, reply)


@transaction.atomic
def regenerate_reply(*, reply: Message, provider: str = "", model: str = "") -> Message:
    """Replace the conversation's last reply with a new, empty one. The old row stays, because cards may link to it.

    Raises NotTheLastReply, Conflict, ReplyInProgress, TooManyReplies.
    """
    conversation = reply.conversation
    _begin_reply(conversation)
    reply = _last_reply(conversation, reply)
    reply.superseded = True
    reply.save(update_fields=["superseded"])
    replacement = _empty_reply(reply.in_reply_to or reply, conversation, provider, model)
    Message.objects.bulk_create([replacement])
    REPLIES.enqueue(replacement.pk)
    return replacement


@transaction.atomic
def continue_reply(*, reply: Message) -> Message:
    """Have a worker continue a failed or stopped reply where its text ends.

    Raises NotTheLastReply, NothingToContinue, AnswerTooLong, Conflict, ReplyInProgress, TooManyReplies.
    """
    conversation = reply.conversation
    _begin_reply(conversation)
    reply = _last_reply(conversation, reply)
    if reply.status == MessageStatus.COMPLETE:
        raise NothingToContinue
    if len(reply.content) >= settings.MAX_REPLY_LENGTH:
        raise AnswerTooLong
    reply.status, reply.error, reply.heartbeat_at = MessageStatus.GENERATING, None, None
    reply.stop_requested, reply.finished_at = False, None
    reply.save(update_fields=["status", "error", "heartbeat_at", "stop_requested", "finished_at"])
    REPLIES.enqueue(reply.pk)
    return reply


@transaction.atomic
def stop_reply(*, reply: Message) -> Message:
    """Ask the worker to end the reply, which keeps its text so far. A reply that has ended stays as it is."""
    reply = Message.objects.select_for_update().get(pk=reply.pk)
    if reply.status != MessageStatus.GENERATING:
        return reply
    if reply.heartbeat_at is None:  # no worker has claimed it, so none would notice
        finish_reply(reply_id=reply.pk, status=MessageStatus.STOPPED, content=reply.content, in_request=True)
        reply.refresh_from_db()
        return reply
    reply.stop_requested = True
    Message.objects.filter(pk=reply.pk).update(stop_requested=True)
    return reply


def _unfinished(owner_id: UUID, **_: UUID) -> "QuerySet[Message]":
    return Message.objects.filter(owner_id=owner_id, status=MessageStatus.GENERATING)


_UNFINISHED = PreparedCounts(
    {
        "everywhere": _unfinished,
        "here": lambda conversation_id, **values: _unfinished(**values).filter(conversation_id=conversation_id),
    },
    owner_id=UUID,
    conversation_id=UUID,
)


def _begin_reply(conversation: Conversation, **changes: str) -> None:
    """Check that the conversation may get a reply now, and move it to the front of the list.

    Raises Conflict if the conversation is deleted, ReplyInProgress, TooManyReplies.
    """
    # The statement locks two rows. The conversation's, so that the second of two requests sees the first one's reply;
    # the user's, so that simultaneous requests in other conversations count one after the other.
    owner = User.objects.filter(pk=conversation.owner_id).select_for_update(no_key=True)
    alive = Conversation.objects.alive().filter(pk=conversation.pk, owner__in=owner)
    if not alive.update(updated_at=timezone.now(), **changes):
        raise Conflict
    unfinished = _UNFINISHED(owner_id=conversation.owner_id, conversation_id=conversation.pk)
    if unfinished["here"]:
        raise ReplyInProgress
    if unfinished["everywhere"] >= settings.REPLIES_AT_ONCE:
        raise TooManyReplies(retry_after=5)


def _empty_reply(question: Message, conversation: Conversation, provider: str, model: str) -> Message:
    if not provider:
        provider, model = conversation.provider, model or conversation.model
    return Message(
        conversation=conversation,
        owner_id=conversation.owner_id,
        in_reply_to=question,
        role=Role.ASSISTANT,
        status=MessageStatus.GENERATING,
        provider=provider,
        model=storable(model),
        # Later than the question in the same statement, because messages are ordered by time.
        created_at=ClockTimestamp() + timedelta(microseconds=1),
    )


def _last_reply(conversation: Conversation, reply: Message) -> Message:
    last = conversation.messages.current().order_by("-created_at", "-id").first()
    if last is None or last.pk != reply.pk or last.role != Role.ASSISTANT:
        raise NotTheLastReply
    return last


@indexed_transaction()
def _purge(conversation_id: UUID, *, before: datetime) -> None:
    # Read again under the lock: it may have been restored in the meantime.
    expired = Conversation.objects.select_for_update().filter(pk=conversation_id, deleted_at__lt=before).first()
    if expired is not None:
        expired.delete()


def _lock_unfinished_replies(conversation: Conversation) -> None:
    """Wait for a reply that is about to end, because a message's last outbox entry wins and must be the caller's."""
    list(conversation.messages.filter(status=MessageStatus.GENERATING).select_for_update().values_list("pk"))


def _mark_messages(conversation: Conversation) -> None:
    messages = conversation.messages.values_list("pk", flat=True)
    mark_changed(table="messages", owner_id=conversation.owner_id, entity_ids=list(messages))
