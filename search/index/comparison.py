"""Whether the index and PostgreSQL say the same, entity by entity."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from search.index.arrow import Row, storable
from search.index.lance_table import LanceTable
from search.index.tables import lance_table, readable_table
from search.registry import Entity
from search.sync.preparation import rows_of

BATCH = 500


@dataclass(frozen=True)
class Difference:
    """Entities that are missing from the index, extra in it, or there with another text or other columns.

    `owed` counts those whose vector is not there yet: known to the outbox, and no difference.
    """

    table: str
    missing: int
    extra: int
    stale: int
    owed: int

    @property
    def any(self) -> bool:
        return bool(self.missing or self.extra or self.stale)


def compare(entity: Entity, *, on_step: Callable[[int], None] = lambda count: None) -> Difference:
    """Read all of the entity on both sides. Raises IndexUnavailable."""
    row = readable_table(entity)
    if row is None:
        count = sum(len(list(entity.documents(ids))) for ids in _database_ids(entity))
        return Difference(entity.table, count, 0, 0, 0)
    table = lance_table(entity, row)
    missing = stale = owed = 0
    for ids in _database_ids(entity):
        result = _compare_batch(entity, table, ids)
        missing, stale, owed = missing + result[0], stale + result[1], owed + result[2]
        on_step(len(ids))
    return Difference(entity.table, missing, _extra(entity, table), stale, owed)


def _compare_batch(entity: Entity, table: LanceTable, ids: Sequence[UUID]) -> tuple[int, int, int]:
    stored = {row["id"]: row for row in table.stored(ids)}
    indexed = {row["entity_id"] for row in stored.values()}
    missing = stale = 0
    for document in entity.documents(ids):
        wanted = {row.id: row for row in rows_of(document, rev=0)}
        surplus = f"{document.entity_id}#{len(wanted)}" in stored
        if str(document.entity_id) not in indexed:
            missing += 1
        elif surplus or any(key not in stored or _differs(row, stored[key]) for key, row in wanted.items()):
            stale += 1
    owed = {row["entity_id"] for row in stored.values() if not row["embedded"]}
    return missing, stale, len(owed)


def _differs(row: Row, stored: Mapping[str, object]) -> bool:
    if (row.text, str(row.owner_id)) != (stored["text"], stored["owner_id"]):
        return True
    return any(_plain(value) != stored.get(name) for name, value in row.columns.items())


def _plain(value: object) -> object:
    if isinstance(value, UUID):
        return str(value)
    return storable(value) if isinstance(value, str) else value


def _extra(entity: Entity, table: LanceTable) -> int:
    """Entities in the index that PostgreSQL does not want there."""
    extra = 0
    for ids in table.entity_ids(BATCH):
        extra += len(set(ids) - {document.entity_id for document in entity.documents(ids)})
    return extra


def _database_ids(entity: Entity) -> Iterator[list[UUID]]:
    last: UUID | None = None
    while True:
        rows = entity.model._default_manager.order_by("pk")
        ids = list((rows.filter(pk__gt=last) if last else rows).values_list("pk", flat=True)[:BATCH])
        if not ids:
            return
        yield ids
        last = ids[-1]
