"""Records changes again that the outbox still has, so that the workers compare their entities with the index anew."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from search.models import OutboxEntry
from search.sync import outbox

BATCH = 2_000  # entities in one transaction

Changed = tuple[str, UUID, UUID | None]  # table, owner, entity


def changed_entities(entries: "QuerySet[OutboxEntry]") -> "QuerySet[OutboxEntry, Changed]":
    """What the entries are about, each entity once. Deletions of accounts are left out: they are done for good."""
    entities = entries.exclude(entity_id=None).order_by()
    return entities.values_list("table", "owner_id", "entity_id").distinct()


def replay(changed: "QuerySet[OutboxEntry, Changed]", *, on_step: Callable[[int], None] = lambda count: None) -> None:
    """Mark the entities as changed. What PostgreSQL no longer has is removed from the index.

    An interrupted replay may be repeated: a change is applied by its `rev`, however often it is recorded.
    """
    for batch in _batches(changed.iterator(chunk_size=BATCH)):
        _record(batch)
        on_step(len(batch))


def _record(batch: Sequence[Changed]) -> None:
    with transaction.atomic(), outbox.written_together():
        for table, owner_id, entity_id in batch:
            outbox.record(table=table, owner_id=owner_id, entity_ids=[entity_id])


def _batches(changed: Iterator[Changed]) -> Iterator[list[Changed]]:
    while batch := list(islice(changed, BATCH)):
        yield batch
