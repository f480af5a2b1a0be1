"""Reads of conversations and messages, page-shaped."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import User
from chat.models import Conversation, Message

MESSAGES_SHOWN = 100
CONVERSATIONS_SHOWN = 100


@dataclass(frozen=True)
class Window:
    """Messages in order; `earlier` is the one before which the page before this one ends, if there is any."""

    messages: Sequence[Message]
    earlier: UUID | None


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


def last_messages(conversation: Conversation, *, before: UUID | None = None) -> Window:
    """The last messages of the conversation, or the last before the one named."""
    messages = messages_of(conversation)
    if before is not None:
        messages = messages.filter(pk__lt=before)  # keys are in the order of time
    found = list(messages.order_by("-pk")[: MESSAGES_SHOWN + 1])
    shown = found[:MESSAGES_SHOWN][::-1]
    return Window(shown, shown[0].pk if len(found) > MESSAGES_SHOWN else None)


def messages_since(conversation: Conversation, first: UUID) -> Window:
    """The message named and what follows: what a send adds to the page."""
    return Window(list(messages_of(conversation).filter(pk__gte=first).order_by("pk")[:MESSAGES_SHOWN]), None)


def recent_conversations(owner: User, *, archived: bool = False) -> "QuerySet[Conversation]":
    found = owner.conversations.alive().filter(archived=archived)
    return found.newest_first()[:CONVERSATIONS_SHOWN]
