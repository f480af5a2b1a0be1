"""The lifecycle of a LanceDB table: created beside the old one, filled, swapped in, retired, dropped."""

from datetime import datetime, timedelta

from django.db.models import F, QuerySet

from base.models import database_time
from search.index.arrow import TableSchema
from search.index.identity import Identity, configured_identity
from search.index.lance_table import LanceTable
from search.models import IndexTable, TableState
from search.registry import Entity
from search.sync.locks import writers_lock

# A search that started on the old table must be able to finish on it.
KEEP_RETIRED = timedelta(hours=1)
LIVE = (TableState.ACTIVE, TableState.BUILDING)


def lance_table(entity: Entity, row: IndexTable) -> LanceTable:
    group = entity.neighbors.group if entity.neighbors else ""
    schema = TableSchema(entity.columns, row.dimensions, frozenset(row.indexed_owners), group, entity.stored_by)
    return LanceTable(row.lance_name, schema, min_version=row.version)


def live_tables(entity: Entity) -> list[IndexTable]:
    """The tables that every change is written to: the active one, then the one being built, if they exist."""
    return list(IndexTable.objects.filter(table=entity.table, state__in=LIVE).order_by("state"))


def readable_table(entity: Entity) -> IndexTable | None:
    """The table that is searched: the active one, or the one being built when there is no other."""
    rows = live_tables(entity)
    return rows[0] if rows else None


def ensure_table(entity: Entity) -> list[IndexTable]:
    """Create the entity's first table if it has none. Raises EmbedderUnavailable or IndexUnavailable."""
    rows = live_tables(entity)
    if rows:
        return rows
    identity = configured_identity(entity)
    with writers_lock(entity.table):
        if not live_tables(entity):
            create_table(entity, identity)
    return live_tables(entity)


def create_table(entity: Entity, identity: Identity) -> IndexTable:
    """A new empty table, to be built. The first table of an entity without rows is active immediately.

    Call it under the writers' lock.
    """
    row = IndexTable(table=entity.table, **vars(identity))
    row.lance_name = f"{entity.table}_{row.id.hex}"
    if not entity.model._default_manager.exists() and not live_tables(entity):
        row.state, row.activated_at = TableState.ACTIVE, database_time()
    row.version = lance_table(entity, row).create()
    row.save()
    return row


def record_commit(entity: Entity, row: IndexTable, *, written: int, tombstones: int) -> None:
    """Store the table's version, so that a table that falls behind it is noticed. Call it under the writers' lock."""
    row.version = lance_table(entity, row).version()
    IndexTable.objects.filter(pk=row.pk).update(
        version=row.version,
        commits=F("commits") + 1,
        unsorted=F("unsorted") + written,
        tombstones=F("tombstones") + tombstones,
    )


def activate(row: IndexTable) -> None:
    """Replace the active table by this one. Searches may use the old one for `KEEP_RETIRED`.

    Call it under the writers' lock.
    """
    retire(IndexTable.objects.filter(table=row.table, state=TableState.ACTIVE))
    row.state, row.activated_at = TableState.ACTIVE, database_time()
    row.save()


def retire(rows: "QuerySet[IndexTable]") -> None:
    rows.update(state=TableState.RETIRED, retired_at=database_time())


def drop_retired(entity: Entity, now: datetime) -> None:
    """Drop the tables that no search can be reading any more. Raises IndexUnavailable."""
    retired = IndexTable.objects.filter(table=entity.table, state=TableState.RETIRED)
    for row in retired.filter(retired_at__lt=now - KEEP_RETIRED):
        LanceTable(row.lance_name, TableSchema((), 0)).drop()
        row.delete()
