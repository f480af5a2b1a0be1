"""Queries for conversations and messages, shaped for pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString

from accounts.models import User
from base.errors import NotFound
from base.html.markdown import render_markdown
from base.sql.prepared import PreparedQuery
from base.text import storable
from chat.models import Conversation, Message, MessageStatus, Role
from chat.replies.sources import ReplySource, links_to, sources_of

MAX_MESSAGES_SHOWN = 100
TURNS_BEFORE = 3  # messages above the one that a link leads to
MAX_CONVERSATIONS_SHOWN = 200
MAX_TITLE_WORDS = 10


@dataclass(frozen=True)
class ThreadMessage:
    """A message as the page shows it. `html` is a rendered reply; it is empty for the user's own messages."""

    message: Message
    html: SafeString
    is_last: bool = False
    sources: Sequence[ReplySource] = ()

    @property
    def api_url(self) -> str:
        """Where the page's script finds the Markdown of the message."""
        return reverse("api:message_detail", args=[self.message.pk])

    @property
    def citations(self) -> list[ReplySource]:
        return [source for source in self.sources if source.is_cited]

    @property
    def fading_cards(self) -> list[str]:
        """The ids of the cards that the finished reply was given and that the user is forgetting."""
        if self.message.status != MessageStatus.COMPLETE:
            return []
        return [source.fading_card_id for source in self.sources if source.fading_card_id]


@dataclass(frozen=True)
class Thread:
    """Consecutive messages of a conversation. `earlier` and `later` tell whether there are more before and after."""

    messages: Sequence[ThreadMessage]
    earlier: bool = False
    later: bool = False

    @property
    def first(self) -> Message | None:
        return self.messages[0].message if self.messages else None

    @property
    def last(self) -> Message | None:
        return self.messages[-1].message if self.messages else None


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


def thread(
    messages: "QuerySet[Message]",
    *,
    before: UUID | None = None,
    after: UUID | None = None,
    message: UUID | None = None,
) -> Thread:
    """Up to `MAX_MESSAGES_SHOWN` messages: the last ones, those before `before` or after `after`, or around `message`.

    Around a message are `TURNS_BEFORE` messages and those that follow. Two queries at most, however long the
    conversation is.
    """
    # Keys are version 7 UUIDs, so they sort by time.
    if message is not None:
        preceding = list(messages.filter(pk__lt=message).order_by("-pk")[: TURNS_BEFORE + 1])
        start = preceding[:TURNS_BEFORE][::-1]
        return _forward(messages.filter(pk__gte=message), start=start, earlier=len(preceding) > TURNS_BEFORE)
    if after is not None:
        return _forward(messages.filter(pk__gt=after))
    if before is not None:
        messages = messages.filter(pk__lt=before)
    found = list(messages.order_by("-pk")[: MAX_MESSAGES_SHOWN + 1])
    shown = found[:MAX_MESSAGES_SHOWN][::-1]
    earlier = len(found) > MAX_MESSAGES_SHOWN
    return Thread(_rendered(shown, at_end=before is None), earlier=earlier, later=before is not None)


def new_messages(messages: "QuerySet[Message]", first: UUID | None) -> Thread:
    """The messages from `first` on, which the page that asks for them does not have yet."""
    return thread(messages) if first is None else _forward(messages.filter(pk__gte=first))


def action_urls() -> dict[str, str]:
    """The URLs of what apps above do with a message, by their names in the templates of messages."""
    return {
        "make_cards_url": reverse("flashcards:generation-create"),
        "quiz_url": reverse("quiz:review"),
        "remember_url": reverse("passages:passage-create"),
    }


def page_urls(conversation: Conversation) -> dict[str, str]:
    """The URLs of apps above in the templates of the conversation's page."""
    return {**action_urls(), "projects_url": reverse("memories:conversation-projects", args=[conversation.pk])}


def as_last_message(message: Message) -> ThreadMessage:
    """This message as the last one of its conversation."""
    return _rendered([message], at_end=True)[0]


def recent_conversations(owner: User, *, archived: bool = False) -> "QuerySet[Conversation]":
    return owner.conversations.alive().filter(archived=archived).newest_first()[:MAX_CONVERSATIONS_SHOWN]


def find_conversations(owner: User, query: str) -> "QuerySet[Conversation]":
    """Conversations whose titles have all words of the query, also archived ones; without a query, those in use.

    The last changed one comes first.
    """
    found = owner.conversations.alive().order_by("-updated_at", "-id")
    words = storable(query).split()
    if not words:
        return found.filter(archived=False)
    return found.filter(*(Q(title__icontains=word) for word in words[:MAX_TITLE_WORDS]))


def reply_in_progress(conversation: Conversation) -> Message | None:
    return conversation.messages.filter(status=MessageStatus.GENERATING).first()


def _forward(messages: "QuerySet[Message]", *, start: Sequence[Message] = (), earlier: bool = True) -> Thread:
    """The messages of `start` and as many of `messages` as there is space for, the first ones first."""
    space = MAX_MESSAGES_SHOWN - len(start)
    found = list(messages.order_by("pk")[: space + 1])
    later = len(found) > space
    return Thread(_rendered([*start, *found[:space]], at_end=not later), earlier=earlier, later=later)


def _rendered(messages: Sequence[Message], *, at_end: bool) -> list[ThreadMessage]:
    last = messages[-1] if messages and at_end else None
    sources = sources_of(messages)
    return [_thread_message(message, sources.get(message.pk, []), is_last=message is last) for message in messages]


def _thread_message(message: Message, sources: Sequence[ReplySource], *, is_last: bool) -> ThreadMessage:
    html = SafeString()
    if message.role == Role.ASSISTANT:
        html = render_markdown(message.content, sources=links_to(sources))
    return ThreadMessage(message, html, is_last, sources)
