"""How memories are indexed for search. Each stands alone: memories have no neighbors."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time
from uuid import UUID

from memories.models import Memory
from memories.records.searchable_text import searchable_text
from search.registry import Column, Document, Entity, Scalar, register

COLUMNS = (
    Column("project_id", "uuid"),
    Column("date", "time"),
    Column("task", "text"),
    Column("component", "text"),
    Column("created_at", "time"),
)


def documents(ids: Sequence[UUID]) -> Iterator[Document]:
    for memory in Memory.objects.alive().filter(pk__in=ids):
        yield Document(memory.pk, memory.owner_id, searchable_text(memory.data), _columns(memory))


def _columns(memory: Memory) -> dict[str, Scalar]:
    return {
        "project_id": memory.project_id,
        # A day is the moment at which it begins in UTC.
        "date": datetime.combine(memory.date, time.min, UTC) if memory.date else None,
        "task": memory.task,
        "component": memory.component,
        "created_at": memory.created_at,
    }


MEMORIES = Entity("memories", Memory, COLUMNS, documents, text_fields=("body",))

register(MEMORIES)
