"""The tool that reads conversations."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field

from accounts.models import User
from base.api.values import Key
from chat.models import Conversation, Message
from mcp_server.registry import ToolInput, tool
from mcp_server.uris import uri_of

MAX_MESSAGES = 100
MAX_CHARACTERS = 60_000  # of the messages of one answer, unless the last one alone is longer


class WhichMessages(ToolInput):
    conversation_id: Key
    before: Annotated[Key | None, Field(description="Only messages before this one: the `earlier` of an answer.")] = (
        None
    )
    limit: Annotated[int, Field(ge=1, le=MAX_MESSAGES)] = 40


class ConversationMessage(BaseModel):
    """`role` is user or assistant. `status` tells whether a reply is complete."""

    id: UUID
    role: str
    content: str
    status: str
    created_at: datetime

    @classmethod
    def of(cls, message: Message) -> Self:
        return cls.model_validate(message, from_attributes=True)


class ConversationAnswer(BaseModel):
    """The latest messages, oldest first. If there are more before, `earlier` is the id of the first one here."""

    id: UUID
    uri: str
    title: str
    created_at: datetime
    updated_at: datetime
    messages: list[ConversationMessage]
    earlier: UUID | None

    @classmethod
    def of(cls, conversation: Conversation, newest_first: Sequence[Message], *, limit: int) -> Self:
        shown = _that_fit(newest_first[:limit])
        return cls(
            id=conversation.pk,
            uri=uri_of(conversation),
            title=str(conversation),
            created_at=conversation.created_at,
            updated_at=conversation.updated_at,
            messages=[ConversationMessage.of(message) for message in reversed(shown)],
            earlier=shown[-1].pk if len(shown) < len(newest_first) else None,
        )


@tool("Read a conversation")
def get_conversation(owner: User, given: WhichMessages) -> ConversationAnswer:
    """The latest messages of a chat of the user, or those before another one, without those the user has forgotten."""
    conversation = owner.conversations.alive().get_or_not_found(given.conversation_id)
    messages = conversation.messages.remembered().defer("context", "citations").order_by("-pk")
    if given.before is not None:
        messages = messages.filter(pk__lt=given.before)
    return ConversationAnswer.of(conversation, list(messages[: given.limit + 1]), limit=given.limit)


def _that_fit(newest_first: Sequence[Message]) -> list[Message]:
    shown, characters = list[Message](), 0
    for message in newest_first:
        characters += len(message.content)
        if shown and characters > MAX_CHARACTERS:
            break
        shown.append(message)
    return shown
