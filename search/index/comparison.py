"""Compares the index with PostgreSQL, entity by entity."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf
from time import monotonic
from uuid import UUID

from base.models import batch_by_pk
from search.index.arrow import IndexRow, stored_value
from search.index.lance_table import LanceTable
from search.index.tables import lance_table, readable_table
from search.registry import Entity
from search.sync.preparation import rows_of

BATCH = 500


OnDifference = Callable[[UUID, UUID], None]


@dataclass(frozen=True)
class Difference:
    """How many entities are missing from the index, extra in it, or stale.

    An entity is stale if its text or columns differ, or if one of its rows is in the index twice.
    `missing_vectors` counts entities that wait in the outbox for a vector. They are not a difference.
    `complete`: all rows were compared.
    """

    table: str
    missing: int = 0
    extra: int = 0
    stale: int = 0
    missing_vectors: int = 0
    complete: bool = True

    @property
    def any(self) -> bool:
        return bool(self.missing or self.extra or self.stale)


def compare(
    entity: Entity,
    *,
    on_step: Callable[[int], None] = lambda count: None,
    on_difference: OnDifference = lambda owner_id, entity_id: None,
    until: float = inf,
) -> Difference:
    """Compare the rows of the entity's model and table, until the time `until` of the monotonic clock.

    `on_difference` is called with the owner and the id of each entity that differs from an existing table.
    Raises IndexUnavailable.
    """
    row = readable_table(entity)
    if row is None:
        return Difference(entity.table, missing=sum(len(list(entity.documents(ids))) for ids in _database_ids(entity)))
    table, difference = lance_table(entity, row), Difference(entity.table)
    for ids in _database_ids(entity):
        if monotonic() > until:
            return replace(difference, complete=False)
        difference = _compare_batch(entity, table, ids, difference, on_difference)
        on_step(len(ids))
    return _compare_extra(entity, table, difference, on_difference)


def _compare_batch(
    entity: Entity, table: LanceTable, ids: Sequence[UUID], so_far: Difference, on_difference: OnDifference
) -> Difference:
    rows = table.stored(ids)
    stored = {row["id"]: row for row in rows}
    indexed = {row["entity_id"] for row in rows}
    # LanceDB itself lets two writers insert the same key.
    doubled = {row["entity_id"] for row in rows if stored[row["id"]] is not row}
    missing = stale = 0
    for document in entity.documents(ids):
        expected = {row.id: row for row in rows_of(document, rev=0)}
        wrong_chunks = f"{document.entity_id}#{len(expected)}" in stored or str(document.entity_id) in doubled
        if str(document.entity_id) not in indexed:
            missing += 1
        elif wrong_chunks or any(key not in stored or _differs(row, stored[key]) for key, row in expected.items()):
            stale += 1
        else:
            continue
        on_difference(document.owner_id, document.entity_id)
    without_vector = {row["entity_id"] for row in stored.values() if not row["embedded"]}
    return replace(
        so_far,
        missing=so_far.missing + missing,
        stale=so_far.stale + stale,
        missing_vectors=so_far.missing_vectors + len(without_vector),
    )


def _differs(row: IndexRow, stored: Mapping[str, object]) -> bool:
    if (row.text, str(row.owner_id)) != (stored["text"], stored["owner_id"]):
        return True
    return any(stored_value(value) != stored.get(name) for name, value in row.columns.items())


def _compare_extra(entity: Entity, table: LanceTable, so_far: Difference, on_difference: OnDifference) -> Difference:
    """Count the entities in the index that should not be there according to PostgreSQL."""
    extra = 0
    for ids in table.entity_ids(BATCH):
        surplus = set(ids) - {document.entity_id for document in entity.documents(ids)}
        owners = {UUID(row["entity_id"]): UUID(row["owner_id"]) for row in table.stored(list(surplus))}
        for entity_id, owner_id in owners.items():
            on_difference(owner_id, entity_id)
        extra += len(surplus)
    return replace(so_far, extra=extra)


def _database_ids(entity: Entity) -> Iterator[list[UUID]]:
    keys = entity.model._default_manager.values_list("pk", flat=True)
    last: UUID | None = None
    while ids := list(batch_by_pk(keys, after=last, size=BATCH)):
        yield ids
        last = ids[-1]
