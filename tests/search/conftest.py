"""Messages in the index, as the tests of the engine need them, whatever the chat app registers."""

from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

import pytest

from chat.models import Message
from search.registry import Column, Document, Entity, Scalar, register, unregister


def documents(ids: Sequence[UUID]) -> Iterable[Document]:
    for message in Message.objects.alive().filter(pk__in=ids):
        columns: dict[str, Scalar] = {
            "conversation_id": message.conversation_id,
            "role": message.role,
            "created_at": message.created_at,
        }
        yield Document(message.pk, message.owner_id, message.content, columns)


ENTITY = Entity(
    table="messages",
    model=Message,
    columns=(Column("conversation_id", "uuid"), Column("role", "text"), Column("created_at", "time")),
    documents=documents,
)


@pytest.fixture(autouse=True)
def messages() -> Iterator[Entity]:
    """The one registered entity of these tests."""
    register(ENTITY)
    yield ENTITY
    unregister("messages")
