"""How messages are indexed for search."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from base.html.plain_text import plain_text
from chat.models import Message, MessageStatus
from search.registry import Column, Document, Entity, Neighbors, register


def documents(ids: Sequence[UUID]) -> Iterator[Document]:
    """The messages with these ids that the user sees and has not forgotten, and whose text is finished."""
    for message in Message.objects.remembered().filter(pk__in=ids).exclude(status=MessageStatus.GENERATING):
        if message.content.strip():
            yield Document(
                entity_id=message.pk,
                owner_id=message.owner_id,
                text=plain_text(message.content),
                columns={
                    "conversation_id": message.conversation_id,
                    "role": message.role,
                    "created_at": message.created_at,
                },
            )


MESSAGES = Entity(
    table="messages",
    model=Message,
    columns=(Column("conversation_id", "uuid"), Column("role", "text"), Column("created_at", "time")),
    documents=documents,
    neighbors=Neighbors(group="conversation_id", order="created_at"),
    text_fields=("content",),
)

register(MESSAGES)
