"""Queries for conversations and messages, shaped for pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.utils.safestring import SafeString

from accounts.models import User
from base.errors import NotFound
from base.html.markdown import render_markdown
from base.sql.prepared import PreparedQuery
from chat.models import Conversation, Message, MessageStatus, Role, message_url

MAX_MESSAGES_SHOWN = 100
MAX_CONVERSATIONS_SHOWN = 200


@dataclass(frozen=True)
class CitationLink:
    """A message of another conversation that the model was given, and the URL of that message."""

    number: int
    title: str
    excerpt: str
    url: str


@dataclass(frozen=True)
class ThreadMessage:
    """A message as the page shows it. `html` is a rendered reply; it is empty for the user's own messages."""

    message: Message
    html: SafeString
    is_last: bool = False

    @property
    def citations(self) -> list[CitationLink]:
        return [
            CitationLink(
                number=citation["number"],
                title=citation["title"],
                excerpt=citation["excerpt"],
                url=message_url(conversation_id=citation["conversation_id"], message_id=citation["message_id"]),
            )
            for citation in self.message.citations
        ]


@dataclass(frozen=True)
class Thread:
    """Consecutive messages of a conversation. `earlier` and `later` tell whether there are more before and after."""

    messages: Sequence[ThreadMessage]
    earlier: bool = False
    later: bool = False

    @property
    def first(self) -> Message | None:
        return self.messages[0].message if self.messages else None


_CONVERSATION = PreparedQuery(
    lambda owner_id, conversation_id: Conversation.objects.alive().filter(owner_id=owner_id, pk=conversation_id),
    owner_id=UUID,
    conversation_id=UUID,
)


def conversation_of(owner: User, conversation_id: UUID) -> Conversation:
    """The user's conversation with this id, for the most frequent requests. Raises NotFound."""
    conversation = _CONVERSATION.first(owner_id=owner.pk, conversation_id=conversation_id)
    if conversation is None:
        raise NotFound
    conversation.owner = owner
    return conversation


def thread(messages: "QuerySet[Message]", *, before: UUID | None = None, first: UUID | None = None) -> Thread:
    """Up to `MAX_MESSAGES_SHOWN` messages of a conversation: the last, those before `before`, or from `first` on."""
    # Keys are version 7 UUIDs, so they sort by time.
    if first is not None:
        found = list(messages.filter(pk__gte=first).order_by("pk")[: MAX_MESSAGES_SHOWN + 1])
        later = len(found) > MAX_MESSAGES_SHOWN
        earlier = messages.filter(pk__lt=first).exists()
        return Thread(_rendered(found[:MAX_MESSAGES_SHOWN], at_end=not later), earlier=earlier, later=later)
    if before is not None:
        messages = messages.filter(pk__lt=before)
    found = list(messages.order_by("-pk")[: MAX_MESSAGES_SHOWN + 1])
    shown = found[:MAX_MESSAGES_SHOWN][::-1]
    earlier = len(found) > MAX_MESSAGES_SHOWN
    return Thread(_rendered(shown, at_end=before is None), earlier=earlier, later=before is not None)


def as_last_message(message: Message) -> ThreadMessage:
    """This message as the last one of its conversation."""
    return _rendered([message], at_end=True)[0]


def recent_conversations(owner: User, *, archived: bool = False) -> "QuerySet[Conversation]":
    return owner.conversations.alive().filter(archived=archived).newest_first()[:MAX_CONVERSATIONS_SHOWN]


def reply_in_progress(conversation: Conversation) -> Message | None:
    return conversation.messages.filter(status=MessageStatus.GENERATING).first()


def _rendered(messages: Sequence[Message], *, at_end: bool) -> list[ThreadMessage]:
    last = messages[-1] if messages and at_end else None
    return [
        ThreadMessage(
            message,
            render_markdown(message.content) if message.role == Role.ASSISTANT else SafeString(),
            message is last,
        )
        for message in messages
    ]
