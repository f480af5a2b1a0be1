"""Compares the index with PostgreSQL, entity by entity."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from base.models import batch_by_pk
from search.index.arrow import IndexRow, stored_value
from search.index.lance_table import LanceTable
from search.index.tables import lance_table, readable_table
from search.registry import Entity
from search.sync.preparation import rows_of

BATCH = 500


@dataclass(frozen=True)
class Difference:
    """How many entities are missing from the index, extra in it, or stale (their text or columns differ).

    `missing_vectors` counts entities that wait in the outbox for a vector. They are not a difference.
    """

    table: str
    missing: int
    extra: int
    stale: int
    missing_vectors: int

    @property
    def any(self) -> bool:
        return bool(self.missing or self.extra or self.stale)


def compare(entity: Entity, *, on_step: Callable[[int], None] = lambda count: None) -> Difference:
    """Compare every row of the entity's model and table. Raises IndexUnavailable."""
    row = readable_table(entity)
    if row is None:
        count = sum(len(list(entity.documents(ids))) for ids in _database_ids(entity))
        return Difference(entity.table, count, 0, 0, 0)
    table = lance_table(entity, row)
    missing = stale = missing_vectors = 0
    for ids in _database_ids(entity):
        counts = _compare_batch(entity, table, ids)
        missing, stale, missing_vectors = missing + counts[0], stale + counts[1], missing_vectors + counts[2]
        on_step(len(ids))
    return Difference(entity.table, missing, _extra(entity, table), stale, missing_vectors)


def _compare_batch(entity: Entity, table: LanceTable, ids: Sequence[UUID]) -> tuple[int, int, int]:
    stored = {row["id"]: row for row in table.stored(ids)}
    indexed = {row["entity_id"] for row in stored.values()}
    missing = stale = 0
    for document in entity.documents(ids):
        expected = {row.id: row for row in rows_of(document, rev=0)}
        has_extra_chunk = f"{document.entity_id}#{len(expected)}" in stored
        if str(document.entity_id) not in indexed:
            missing += 1
        elif has_extra_chunk or any(key not in stored or _differs(row, stored[key]) for key, row in expected.items()):
            stale += 1
    without_vector = {row["entity_id"] for row in stored.values() if not row["embedded"]}
    return missing, stale, len(without_vector)


def _differs(row: IndexRow, stored: Mapping[str, object]) -> bool:
    if (row.text, str(row.owner_id)) != (stored["text"], stored["owner_id"]):
        return True
    return any(stored_value(value) != stored.get(name) for name, value in row.columns.items())


def _extra(entity: Entity, table: LanceTable) -> int:
    """The number of entities in the index that should not be there according to PostgreSQL."""
    extra = 0
    for ids in table.entity_ids(BATCH):
        extra += len(set(ids) - {document.entity_id for document in entity.documents(ids)})
    return extra


def _database_ids(entity: Entity) -> Iterator[list[UUID]]:
    keys = entity.model._default_manager.values_list("pk", flat=True)
    last: UUID | None = None
    while ids := list(batch_by_pk(keys, after=last, size=BATCH)):
        yield ids
        last = ids[-1]
