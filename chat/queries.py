"""Reads of conversations and messages, page-shaped."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.safestring import SafeString

from accounts.models import User
from base.html.markdown import render_markdown
from chat.models import Conversation, Message, MessageStatus, Role, message_url

MESSAGES_SHOWN = 100
CONVERSATIONS_SHOWN = 200
LONGEST_KEPT = 20_000  # characters of an answer whose HTML is kept: 500 of them are some 40 MB at worst


@dataclass(frozen=True)
class Citation:
    """A message of another conversation that the answer was given; `url` leads to it."""

    number: int
    title: str
    excerpt: str
    url: str


@dataclass(frozen=True)
class Turn:
    """A message as the page shows it; `html` is that of an answer, a person's own words stay as they were typed."""

    message: Message
    html: SafeString
    last: bool = False

    @property
    def citations(self) -> list[Citation]:
        return [
            Citation(
                number=citation["number"],
                title=citation["title"],
                excerpt=citation["excerpt"],
                url=message_url(conversation_id=citation["conversation_id"], message_id=citation["message_id"]),
            )
            for citation in self.message.citations
        ]


@dataclass(frozen=True)
class Thread:
    """Turns in order, and whether there is more of the conversation before or behind them."""

    turns: Sequence[Turn]
    earlier: bool = False
    later: bool = False

    @property
    def first(self) -> Message | None:
        return self.turns[0].message if self.turns else None


def messages_of(conversation: Conversation) -> "QuerySet[Message]":
    """What is shown of a conversation, each with `has_flashcards`."""
    return with_cards(conversation.messages.filter(superseded=False))


def with_cards(messages: "QuerySet[Message]") -> "QuerySet[Message]":
    # By the name of the reverse relation: cards belong to an app above this one.
    carded = Message.objects.filter(pk=OuterRef("pk"), cards__isnull=False, cards__deleted_at=None)
    return messages.annotate(has_flashcards=Exists(carded))


def owned_messages(owner: User) -> "QuerySet[Message]":
    """Every message of this person that stands in a conversation, replaced replies too."""
    return with_cards(owner.messages.filter(conversation__deleted_at=None))


def thread(conversation: Conversation, *, before: UUID | None = None, first: UUID | None = None) -> Thread:
    """The last `MESSAGES_SHOWN` messages: of all, of those before one, or else as many from `first` on."""
    messages = messages_of(conversation)  # keys are in the order of time
    if first is not None:
        found = list(messages.filter(pk__gte=first).order_by("pk")[: MESSAGES_SHOWN + 1])
        later = len(found) > MESSAGES_SHOWN
        return Thread(_turns(found[:MESSAGES_SHOWN], ends=not later), earlier=True, later=later)
    if before is not None:
        messages = messages.filter(pk__lt=before)
    found = list(messages.order_by("-pk")[: MESSAGES_SHOWN + 1])
    shown = found[:MESSAGES_SHOWN][::-1]
    return Thread(_turns(shown, ends=before is None), len(found) > MESSAGES_SHOWN, later=before is not None)


def turn_of(message: Message) -> Turn:
    """The last turn of its conversation, as it is shown when its reply ends."""
    return _turns([message], ends=True)[0]


def recent_conversations(owner: User, *, archived: bool = False) -> "QuerySet[Conversation]":
    return owner.conversations.alive().filter(archived=archived).newest_first()[:CONVERSATIONS_SHOWN]


def reply_under_way(conversation: Conversation) -> Message | None:
    return conversation.messages.filter(status=MessageStatus.GENERATING).first()


def _turns(messages: Sequence[Message], *, ends: bool) -> list[Turn]:
    last = messages[-1] if messages and ends else None
    return [
        Turn(message, _rendered(message.content) if message.role == Role.ASSISTANT else SafeString(), message is last)
        for message in messages
    ]


def _rendered(content: str) -> SafeString:
    return _kept(content) if len(content) <= LONGEST_KEPT else render_markdown(content)


@lru_cache(maxsize=500)
def _kept(content: str) -> SafeString:
    """A page shows a hundred answers, and 8 KB of Markdown take 26 ms."""
    return render_markdown(content)
