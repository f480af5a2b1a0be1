"""What keeps the index whole without a hand: missing, damaged and outdated tables, compaction, old rows."""

import logging
import threading
import time
from datetime import timedelta
from uuid import uuid4

from django.db import OperationalError
from django.utils import timezone

from search.errors import EmbedderUnavailable, IndexDamaged, IndexUnavailable
from search.index.arrow import Shape
from search.index.identity import identity_of, wanted_identity
from search.index.lance_table import LanceTable
from search.index.layout import add_vector_index, compact, copy_by_owner
from search.index.tables import activate, begin_table, drop_retired, ensure_table, lance_table, live_tables, retire
from search.models import IndexTable, OutboxEntry, OutboxStatus, TableState
from search.registry import Entity, entities
from search.sync.locks import writers_lock
from search.sync.rebuild import build

log = logging.getLogger(__name__)

COMMITS_WORTH_COMPACTING = 50
LONGEST_UNCOMPACTED = timedelta(minutes=10)
ROWS_WORTH_SORTING = 2_000
SHARE_WORTH_SORTING = 0.2
# What a person deleted is gone from the disk after this and `tables.KEEP_RETIRED`.
KEEP_LEFTOVERS = timedelta(hours=12)
KEEP_DONE = timedelta(days=1)

_tending = threading.Lock()


def maintain_tables(*, thoroughly: bool = False) -> None:
    """Make every table exist, be readable, have the wanted identity and be full; `thoroughly` reads all of it.

    One at a time in a process. What can't be done now is logged and tried at the next call.
    """
    if not _tending.acquire(blocking=False):
        return
    try:
        for entity in entities():
            try:
                _tend_table(entity, thoroughly=thoroughly)
            except (EmbedderUnavailable, IndexUnavailable, OperationalError) as error:
                log.warning("The index of %s has to wait: %s (%r)", entity.table, error, error.__cause__)
    finally:
        _tending.release()


def _tend_table(entity: Entity, *, thoroughly: bool) -> None:
    for row in live_tables(entity):
        if is_damaged(lance_table(entity, row), thoroughly=thoroughly):
            _give_up(entity, row)
    ensure_table(entity)
    _begin_successor(entity)
    for row in live_tables(entity):
        if row.state == TableState.BUILDING and build(entity, row):
            log.info("The index of %s is full and in use: %s", entity.table, row.lance_name)
    drop_retired(entity, timezone.now())


def is_damaged(table: LanceTable, *, thoroughly: bool) -> bool:
    """Whether the table has to be built again. Raises IndexUnavailable when it is the store that does not work."""
    try:
        table.version()
        if thoroughly:
            table.scan()
    except IndexDamaged:
        return True
    except IndexUnavailable:
        _try_store()
        return True
    return False


def _try_store() -> None:
    """Write and read a table of its own: if that fails too, no table is to blame."""
    probe = LanceTable(f"probe_{uuid4().hex}", Shape((), 0))
    probe.create()
    probe.drop()


def _give_up(entity: Entity, row: IndexTable) -> None:
    with writers_lock(entity.table):
        log.error("The index table %s is damaged; it is built again from PostgreSQL.", row.lance_name)
        retire(IndexTable.objects.filter(pk=row.pk))


def _begin_successor(entity: Entity) -> None:
    wanted = wanted_identity(entity)
    with writers_lock(entity.table):
        rows = live_tables(entity)
        building = [row for row in rows if row.state == TableState.BUILDING]
        for row in building:
            if identity_of(row) != wanted:
                retire(IndexTable.objects.filter(pk=row.pk))
        if all(identity_of(row) != wanted for row in rows):
            begin_table(entity, wanted)


def compact_tables() -> None:
    """Compact the tables that have many small files, and lay down by owner those that have many new rows."""
    for entity in entities():
        for row in IndexTable.objects.filter(table=entity.table, state=TableState.ACTIVE):
            try:
                _compact(entity, row)
            except (IndexUnavailable, OperationalError) as error:
                log.warning("The compaction of %s has to wait: %s (%r)", row.lance_name, error, error.__cause__)


def _compact(entity: Entity, row: IndexTable) -> None:
    rows, _ = lance_table(entity, row).count()
    since = timezone.now() - (row.compacted_at or row.created_at)
    if row.unsorted >= max(ROWS_WORTH_SORTING, SHARE_WORTH_SORTING * rows) or _has_old_leftovers(row):
        sort_table(entity, row)
    elif row.commits >= COMMITS_WORTH_COMPACTING or (row.commits and since > LONGEST_UNCOMPACTED):
        with writers_lock(entity.table):
            row.refresh_from_db()
            began = time.time()
            table = lance_table(entity, row)
            row.version = compact(table)
            table.sync(began)
            row.commits, row.compacted_at = 0, timezone.now()
            row.save(update_fields=["version", "commits", "compacted_at"])


def _has_old_leftovers(row: IndexTable) -> bool:
    laid_down = row.activated_at or row.created_at
    return bool(row.leftovers) and timezone.now() - laid_down > KEEP_LEFTOVERS


def sort_table(entity: Entity, row: IndexTable) -> None:
    """Put a copy laid down by owner, with its vector index, in the place of the active table.

    A copy and a swap, because an overwrite in place would leave readers without an index until it is made again.
    """
    with writers_lock(entity.table):
        row.refresh_from_db()
        if row.state != TableState.ACTIVE:
            return
        copy = IndexTable(table=row.table, compacted_at=timezone.now(), **vars(identity_of(row)))
        copy.lance_name = f"{row.table}_{copy.id.hex}"
        table = lance_table(entity, copy)
        copy_by_owner(lance_table(entity, row), table)
        copy.indexed_owners = sorted(add_vector_index(table))
        copy.version = table.version()
        table.sync(0)
        activate(copy)


def purge_done() -> None:
    """Forget outbox rows that were applied more than a day ago."""
    OutboxEntry.objects.filter(status=OutboxStatus.DONE, done_at__lt=timezone.now() - KEEP_DONE).delete()
