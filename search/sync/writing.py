"""Applying prepared rows to a table, under the writers' lock."""

import time
from collections.abc import Collection
from uuid import UUID

from search.index.tables import lance_table, note_commit
from search.models import IndexTable
from search.registry import Entity
from search.sync.preparation import Prepared


def write(
    entity: Entity,
    target: IndexTable,
    prepared: Prepared,
    *,
    entity_ids: Collection[UUID],
    owner_ids: Collection[UUID] = (),
) -> None:
    """Make the table hold of `entity_ids` just what is prepared, and nothing of `owner_ids`; on disk when it returns.

    Writing the same again changes nothing. Raises IndexUnavailable or IndexDamaged.
    """
    table, began = lance_table(entity, target), time.time()
    for owner_id in owner_ids:
        table.remove_owner(owner_id)
    stored = {row["id"]: row for row in table.stored(list(entity_ids))}
    wanted = {row.id: row for entity_id in entity_ids for row in prepared.rows.get(entity_id, [])}
    # A commit that changes nothing still makes a version and four files.
    fresh = [row for row in wanted.values() if _differs(stored.get(row.id), row.rev, row.embedded)]
    surplus = [row_id for row_id in stored if row_id not in wanted]
    if not (fresh or surplus or owner_ids):
        return
    table.merge(fresh)
    table.remove(surplus)
    table.sync(began)
    leftovers = len(owner_ids) + len(surplus) + sum(_says_other(stored.get(row.id), row.text) for row in fresh)
    note_commit(entity, target, len(fresh) + len(surplus), leftovers)


def _differs(stored: object, rev: int, embedded: bool) -> bool:
    if not isinstance(stored, dict):
        return True
    return bool(stored["rev"] < rev or (stored["rev"] == rev and embedded and not stored["embedded"]))


def _says_other(stored: object, text: str) -> bool:
    return isinstance(stored, dict) and stored["text"] != text
