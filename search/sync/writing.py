"""Writes prepared rows to a table, under the writers' lock (docs/decisions/0007)."""

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from search.index.arrow import IndexRow
from search.index.lance_table import LanceTable
from search.index.tables import lance_table, record_commit
from search.models import IndexTable
from search.registry import Entity
from search.sync.preparation import Prepared


@dataclass(frozen=True)
class TableChange:
    """What to write so that the table contains the prepared rows.

    `tombstones` counts the texts that are deleted or replaced: they stay in the files until the table is rewritten.
    """

    merged: list[IndexRow]
    removed: list[str]
    owners: Collection[UUID]
    tombstones: int

    def __bool__(self) -> bool:
        return bool(self.merged or self.removed or self.owners)


def write(
    entity: Entity,
    target: IndexTable,
    prepared: Prepared,
    *,
    entity_ids: Collection[UUID],
    owner_ids: Collection[UUID] = (),
) -> None:
    """Make the table contain exactly what is prepared for `entity_ids`, and nothing of `owner_ids`.

    It is on disk when this returns. Writing the same again changes nothing. Raises IndexUnavailable or IndexDamaged.
    """
    table, began = lance_table(entity, target), time.time()
    for owner_id in owner_ids:
        table.remove_owner(owner_id)
    change = _difference(table, prepared, entity_ids, owner_ids)
    # A commit that changes nothing would still create a version and four files.
    if change:
        table.merge(change.merged)
        table.remove(change.removed)
        table.sync(began)
        written = len(change.merged) + len(change.removed)
        record_commit(entity, target, written=written, tombstones=change.tombstones)


def _difference(
    table: LanceTable, prepared: Prepared, entity_ids: Collection[UUID], owner_ids: Collection[UUID]
) -> TableChange:
    stored = {row["id"]: row for row in table.stored(list(entity_ids))}
    # What a later change wrote stays: its text may have fewer or more chunks than the one that was prepared.
    newer = {UUID(row["entity_id"]) for row in stored.values() if row["rev"] > prepared.revs[UUID(row["entity_id"])]}
    entity_ids = set(entity_ids) - newer
    stored = {row_id: row for row_id, row in stored.items() if UUID(row["entity_id"]) in entity_ids}
    expected = {row.id: row for entity_id in entity_ids for row in prepared.rows.get(entity_id, [])}
    merged = [row for row in expected.values() if _is_newer(row, stored.get(row.id))]
    removed = [row_id for row_id in stored if row_id not in expected]
    replaced = [row for row in merged if row.id in stored and stored[row.id]["text"] != row.text]
    return TableChange(merged, removed, owner_ids, len(owner_ids) + len(removed) + len(replaced))


def _is_newer(row: IndexRow, stored: Mapping[str, Any] | None) -> bool:
    """The condition of `lance_table.NEWER`."""
    if stored is None:
        return True
    return bool(stored["rev"] < row.rev or (stored["rev"] == row.rev and row.embedded and not stored["embedded"]))
