"""Memories as newline-delimited JSON, read from the database while it is sent. A bulk write can read it again."""

import json
from collections.abc import AsyncIterator, Mapping
from uuid import UUID

from asgiref.sync import sync_to_async

from base.connections import release_connection
from base.models import batch_by_pk
from memories.models import Memory, MemoryQuerySet

BATCH = 200  # memories that are in memory at a time, of up to 64 KB each


async def exported_lines(rows: MemoryQuerySet) -> AsyncIterator[str]:
    """The lines in chunks, the oldest memory first. No database connection is held between two chunks."""
    rows = rows.select_related("project").defer("data")
    last = None
    while memories := await _read(rows, last):
        yield "".join(map(_line, memories))
        last = memories[-1].pk


@sync_to_async
def _read(rows: MemoryQuerySet, after: UUID | None) -> list[Memory]:
    try:
        return list(batch_by_pk(rows, after=after, size=BATCH))
    finally:
        release_connection()


def _line(memory: Memory) -> str:
    """With the record as it was written. Values that the memory does not have are left out."""
    before = {"project": memory.project.name, "key": memory.client_key}
    after = {
        "date": memory.date.isoformat() if memory.date else None,
        "task": memory.task,
        "component": memory.component,
        "tags": memory.tags,
        "source": memory.source,
        "created_at": memory.created_at.isoformat(),
    }
    return f'{{{_members(before)}, "data": {memory.body}, {_members(after)}}}\n'


def _members(values: Mapping[str, object]) -> str:
    given = {name: value for name, value in values.items() if value}
    return json.dumps(given, ensure_ascii=False)[1:-1]
