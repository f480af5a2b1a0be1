"""How memories are indexed for search. Each stands alone: memories have no neighbors."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time
from uuid import UUID

from memories.models import Memory
from memories.records.searchable_text import searchable_text
from memories.search.embeddings import StoredEmbeddings
from search.registry import Column, Document, Entity, Value, register

COLUMNS = (
    Column("project_id", "uuid", indexed=True),
    Column("date", "time", indexed=True),
    Column("task", "text", indexed=True),
    Column("component", "text", indexed=True),
    Column("tags", "texts", indexed=True),
    Column("created_at", "time"),
)


def documents(ids: Sequence[UUID]) -> Iterator[Document]:
    # Those of deleted projects stay, because a project can be restored. Searches ask for the projects that are wanted.
    for memory in Memory.objects.filter(pk__in=ids, deleted_at=None).defer("data", "embedding"):
        yield Document(memory.pk, memory.owner_id, text_of(memory), _columns(memory))


def text_of(memory: Memory) -> str:
    """The values in the order in which they were written, which `data` has lost."""
    return searchable_text(json.loads(memory.body))


def _columns(memory: Memory) -> dict[str, Value]:
    return {
        "project_id": memory.project_id,
        "date": beginning_of(memory.date) if memory.date else None,
        "task": memory.task,
        "component": memory.component,
        "tags": tuple(memory.tags),
        "created_at": memory.created_at,
    }


def beginning_of(day: date) -> datetime:
    """The moment that stands for a day in the index."""
    return datetime.combine(day, time.min, UTC)


MEMORIES = Entity(
    "memories", Memory, COLUMNS, documents, text_fields=("body",), stored_by="project_id", vectors=StoredEmbeddings()
)

register(MEMORIES)
