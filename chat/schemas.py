"""The request and response bodies of chat's JSON API.

Responses are plain pydantic models: ninja's Schema reads each field through a getter, which takes 10 ms for 100
messages.
"""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from ninja import Field
from pydantic import BaseModel, ConfigDict

from base.api.pagination import Listing
from base.api.schemas import ErrorOut, RequestBody
from base.api.values import Choice, Key, Moment
from chat.models import Conversation, Message, Role
from chat.search.related import RelatedConversation
from chat.services import Exchange
from providers.models import ProviderName
from search.joint_search import SearchResult, SearchResults
from search.queries import Mode

ModelName = Annotated[str, Field(max_length=100)]


class NewConversation(RequestBody):
    title: str = Field("", max_length=200)
    provider: Choice[ProviderName] | None = None
    model: ModelName = ""
    use_memory: bool = True
    goal_id: Key | None = None
    skill_node_id: Key | None = None


class ConversationChange(RequestBody):
    """With a skill, the goal is that of the skill. A new goal without a skill, or no goal, takes the skill away."""

    title: str = Field("", max_length=200)
    provider: Choice[ProviderName] = ProviderName.BUILTIN
    model: ModelName = ""
    use_memory: bool = True
    goal_id: Key | None = None
    skill_node_id: Key | None = None
    pinned: bool = False
    archived: bool = False


class ConversationFilter(Listing):
    goal_id: Key | None = None
    skill_node_id: Key | None = None

    def conditions(self) -> dict[str, UUID]:
        chosen = {"goal": self.goal_id, "skill": self.skill_node_id}
        return {name: pk for name, pk in chosen.items() if pk}


class ConversationOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    title: str
    provider: str
    model: str
    use_memory: bool
    pinned: bool
    archived: bool
    goal_id: UUID | None
    skill_node_id: UUID | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, conversation: Conversation) -> Self:
        return cls.model_validate(conversation)


class CitationOut(BaseModel):
    """A message that the text cites as `[number]`. Other kinds, such as cards, have numbers, too, so these may have
    gaps: all are in `GET /messages/{id}/context`, with what the text cites marked."""

    number: int
    message_id: UUID
    conversation_id: UUID
    title: str
    excerpt: str


class MessageOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    conversation_id: UUID
    role: str
    content: str
    status: str
    provider: str
    model: str
    has_flashcards: bool = False  # set on rows read through `flashcards.queries.with_has_flashcards`
    citations: list[CitationOut]
    forgotten: bool
    error: ErrorOut | None
    created_at: datetime

    @classmethod
    def of(cls, message: Message) -> Self:
        return cls.model_validate(message)


class FoundMessage(MessageOut):
    """A message among the results of a search, with the conversation that it is in."""

    conversation: ConversationOut


class NewMessage(RequestBody):
    # No maximum length here: `send_message` rejects a longer text with 413 instead of 422.
    content: str
    provider: Choice[ProviderName] | None = None
    model: ModelName = ""


class MessageChange(RequestBody):
    forgotten: bool


class ModelChoice(RequestBody):
    provider: Choice[ProviderName] | None = None
    model: ModelName = ""


class ExchangeOut(BaseModel):
    message: MessageOut
    reply: MessageOut

    @classmethod
    def of(cls, exchange: Exchange) -> Self:
        return cls(message=MessageOut.of(exchange.message), reply=MessageOut.of(exchange.reply))


class MessageAnswer(BaseModel):
    message: MessageOut


class ReplyAnswer(BaseModel):
    reply: MessageOut


class RelatedOut(BaseModel):
    conversation: ConversationOut
    score: float

    @classmethod
    def of(cls, related: RelatedConversation) -> Self:
        return cls(conversation=ConversationOut.of(related.conversation), score=related.score)


class RelatedAnswer(BaseModel):
    items: list[RelatedOut]


class Search(RequestBody):
    query: str = Field(min_length=1, max_length=2_000)
    limit: int = Field(20, ge=1, le=100)
    mode: Choice[Mode] = Mode.HYBRID
    role: Choice[Role] | None = None
    conversation_id: Key | None = None
    after: Moment | None = None
    before: Moment | None = None


class FoundOut(BaseModel):
    message: MessageOut
    conversation: ConversationOut
    score: float
    highlight: str

    @classmethod
    def of(cls, result: SearchResult) -> Self:
        return cls(
            message=MessageOut.of(result.row),
            conversation=ConversationOut.of(result.row.conversation),
            score=result.score,
            highlight=result.highlight,
        )


class SearchAnswer(BaseModel):
    """`notice` says what the search could not do, such as finding by meaning while the embedding model is away."""

    items: list[FoundOut]
    notice: str | None = None

    @classmethod
    def of(cls, results: SearchResults) -> Self:
        return cls(items=[FoundOut.of(result) for result in results.items], notice=results.notice)
