"""The life of a LanceDB table: made beside the old one, filled, swapped in, retired, dropped."""

from datetime import datetime, timedelta

from django.db.models import F, QuerySet
from django.utils import timezone

from search.index.arrow import Shape
from search.index.identity import Identity, wanted_identity
from search.index.lance_table import LanceTable
from search.models import IndexTable, TableState
from search.registry import Entity
from search.sync.locks import writers_lock

# A search that began on the old table must be able to end on it.
KEEP_RETIRED = timedelta(hours=1)
LIVE = (TableState.ACTIVE, TableState.BUILDING)


def lance_table(entity: Entity, row: IndexTable) -> LanceTable:
    return LanceTable(
        row.lance_name, Shape(entity.columns, row.dimensions, frozenset(row.indexed_owners)), least_version=row.version
    )


def live_tables(entity: Entity) -> list[IndexTable]:
    """What a change has to be written to: the active table and the one being built beside it, as far as they are."""
    return list(IndexTable.objects.filter(table=entity.table, state__in=LIVE).order_by("state"))


def readable_table(entity: Entity) -> IndexTable | None:
    """The table that searches ask: the active one, or the one being built when there is no other."""
    rows = live_tables(entity)
    return rows[0] if rows else None


def ensure_table(entity: Entity) -> list[IndexTable]:
    """Make the entity's first table if there is none. Raises EmbedderUnavailable or IndexUnavailable."""
    rows = live_tables(entity)
    if rows:
        return rows
    identity = wanted_identity(entity)
    with writers_lock(entity.table):
        if not live_tables(entity):
            begin_table(entity, identity)
    return live_tables(entity)


def begin_table(entity: Entity, identity: Identity) -> IndexTable:
    """A new empty table; the first one with nothing to fill it with is active at once. Under the writers' lock."""
    row = IndexTable(table=entity.table, **vars(identity))
    row.lance_name = f"{entity.table}_{row.id.hex}"
    if not entity.model._default_manager.exists() and not live_tables(entity):
        row.state, row.activated_at = TableState.ACTIVE, timezone.now()
    row.version = lance_table(entity, row).create()
    row.save()
    return row


def note_commit(entity: Entity, row: IndexTable, written: int, leftovers: int) -> None:
    """Remember how far the table is, so that one that falls back is noticed. Call it under the writers' lock."""
    row.version = lance_table(entity, row).version()
    changes = {"version": row.version, "commits": F("commits") + 1, "unsorted": F("unsorted") + written}
    changes["leftovers"] = F("leftovers") + leftovers
    IndexTable.objects.filter(pk=row.pk).update(**changes)


def activate(row: IndexTable) -> None:
    """Swap the table in for the active one, which readers may use for some while yet. Under the writers' lock."""
    retire(IndexTable.objects.filter(table=row.table, state=TableState.ACTIVE))
    row.state, row.activated_at = TableState.ACTIVE, timezone.now()
    row.save()


def retire(rows: "QuerySet[IndexTable]") -> None:
    rows.update(state=TableState.RETIRED, retired_at=timezone.now())


def drop_retired(entity: Entity, at: datetime) -> None:
    """Drop tables that nobody can be reading any more. Raises IndexUnavailable."""
    for row in IndexTable.objects.filter(table=entity.table, state="retired", retired_at__lt=at - KEEP_RETIRED):
        LanceTable(row.lance_name, Shape((), 0)).drop()
        row.delete()
