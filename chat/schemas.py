"""The shapes of the JSON API of chat."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from ninja import Field, Schema
from pydantic import AwareDatetime

from base.api.schemas import ErrorOut
from chat.models import Message, Role
from providers.models import ProviderName
from search.queries import Mode

ModelName = Annotated[str, Field(max_length=100)]


class NewConversation(Schema):
    title: str = Field("", max_length=200)
    provider: ProviderName | None = None
    model: ModelName = ""
    use_memory: bool = True


class ConversationChange(Schema):
    title: str = Field("", max_length=200)
    provider: ProviderName = ProviderName.BUILTIN
    model: ModelName = ""
    use_memory: bool = True
    pinned: bool = False
    archived: bool = False


class ConversationOut(Schema):
    id: UUID
    title: str
    provider: str
    model: str
    use_memory: bool
    pinned: bool
    archived: bool
    created_at: datetime
    updated_at: datetime


class CitationOut(Schema):
    number: int
    message_id: UUID
    conversation_id: UUID
    title: str
    excerpt: str


class MessageOut(Schema):
    id: UUID
    conversation_id: UUID
    role: str
    content: str
    status: str
    provider: str
    model: str
    has_flashcards: bool = False
    citations: list[CitationOut]
    error: ErrorOut | None
    created_at: datetime


def message_json(message: Message) -> dict[str, Any]:
    """The message as `MessageOut` shows it, written down at once: a hundred of them through the schema take 10 ms."""
    return {
        "id": message.pk,
        "conversation_id": message.conversation_id,
        "role": message.role,
        "content": message.content,
        "status": message.status,
        "provider": message.provider,
        "model": message.model,
        "has_flashcards": getattr(message, "has_flashcards", False),
        "citations": message.citations,
        "error": message.error,
        "created_at": message.created_at,
    }


class NewMessage(Schema):
    # Its limit is a 413, not a 422, and stands with the verb.
    content: str
    provider: ProviderName | None = None
    model: ModelName = ""


class ModelChoice(Schema):
    provider: ProviderName | None = None
    model: ModelName = ""


class ExchangeOut(Schema):
    message: MessageOut
    reply: MessageOut


class MessageAnswer(Schema):
    message: MessageOut


class ReplyAnswer(Schema):
    reply: MessageOut


class RelatedOut(Schema):
    conversation: ConversationOut
    score: float


class RelatedAnswer(Schema):
    items: list[RelatedOut]


class Search(Schema):
    query: str = Field(min_length=1, max_length=2_000)
    limit: int = Field(20, ge=1, le=100)
    mode: Mode = Mode.HYBRID
    role: Role | None = None
    conversation_id: UUID | None = None
    after: AwareDatetime | None = None
    before: AwareDatetime | None = None


class FoundOut(Schema):
    message: MessageOut
    conversation: ConversationOut
    score: float
    highlight: str


class SearchAnswer(Schema):
    """`notice` says what the search could not do, such as finding by meaning while the embedding model is away."""

    items: list[FoundOut]
    notice: str | None = None
