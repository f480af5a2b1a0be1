"""Sorts a table by owner: copies it, catches up with what was written meanwhile, and swaps the copy in."""

import time

from base.connections import release_connection
from base.models import database_time
from search.index.identity import identity_of
from search.index.layout import add_vector_index, catch_up, copy_by_owner
from search.index.tables import activate, lance_table
from search.models import IndexTable, TableState
from search.registry import Entity
from search.sync.locks import builder_lock, writers_lock


def sort_table(entity: Entity, row: IndexTable) -> None:
    """Replace the active table by a copy that is sorted by owner and has its vector index.

    Only the last catch-up and the swap hold the writers' lock (docs/decisions/0028). Does nothing while another process
    builds or sorts the table.
    """
    with builder_lock(entity.table) as acquired:
        if not acquired:
            return
        copy = _new_copy(row)
        release_connection()
        _fill(entity, row, copy)
        _swap(entity, row, copy)


def _new_copy(row: IndexTable) -> IndexTable:
    now = database_time()
    # Retired from the start: if this process dies, the unfinished copy is dropped like any retired table.
    copy = IndexTable(table=row.table, state=TableState.RETIRED, retired_at=now, **vars(identity_of(row)))
    copy.lance_name, copy.compacted_at = f"{row.table}_{copy.id.hex}", now
    copy.save()
    return copy


def _fill(entity: Entity, row: IndexTable, copy: IndexTable) -> None:
    """Copy the rows, create the indices, apply most of what was written meanwhile, and call fsync."""
    table = lance_table(entity, copy)
    copy_by_owner(lance_table(entity, row), table)
    copy.indexed_owners = sorted(add_vector_index(table))
    _catch_up(entity, row, copy)
    table.sync(0)


def _swap(entity: Entity, row: IndexTable, copy: IndexTable) -> None:
    with writers_lock(entity.table):
        row.refresh_from_db()
        if row.state == TableState.ACTIVE:  # a rebuild or a repair may have retired it
            began = time.time()
            _catch_up(entity, row, copy)
            table = lance_table(entity, copy)
            table.sync(began)
            copy.version, copy.retired_at = table.version(), None
            activate(copy)


def _catch_up(entity: Entity, row: IndexTable, copy: IndexTable) -> None:
    written, tombstones = catch_up(lance_table(entity, row), lance_table(entity, copy))
    copy.commits += bool(written or tombstones)
    copy.unsorted += written
    copy.tombstones += tombstones
