"""Maintains the index: rebuilds missing, damaged and outdated tables, compacts, and purges old outbox entries."""

import logging
import threading
import time
from datetime import timedelta

from django.db import OperationalError

from base.logs.errors import describe
from base.logs.outages import log_failure
from base.models import database_time
from search.errors import EmbedderUnavailable, IndexUnavailable, StoreUnavailable
from search.index.identity import configured_identity, identity_of
from search.index.layout import compact
from search.index.tables import create_table, drop_retired, ensure_table, lance_table, live_tables, retire
from search.metrics import record_rows
from search.models import IndexTable, OutboxEntry, OutboxStatus, TableState
from search.registry import Entity, entities
from search.sync.locks import writers_lock
from search.sync.rebuild import BuildResult, build
from search.sync.repair import repair_tables, report_failure
from search.sync.sorting import sort_table

logger = logging.getLogger(__name__)

# A table is compacted after this many commits, or after this long if there was any.
COMMITS_TO_COMPACT = 50
MAX_UNCOMPACTED = timedelta(minutes=10)
# A table is sorted by owner when at least this many of its rows, and this share of them, are new.
ROWS_TO_SORT = 2_000
SHARE_TO_SORT = 0.2
# A deleted text is gone from the disk after this time plus `tables.KEEP_RETIRED`.
KEEP_TOMBSTONES = timedelta(hours=12)
KEEP_DONE = timedelta(days=1)

_maintaining = threading.Lock()


def maintain_tables() -> None:
    """Make sure that every table exists, is readable and complete, and has the configured identity.

    One thread per process does this at a time. What fails is logged and tried again at the next call.
    """
    repair_tables()
    if not _maintaining.acquire(blocking=False):
        return
    try:
        for entity in entities():
            try:
                _maintain_table(entity)
            except EmbedderUnavailable:
                pass  # logged once for the whole outage, by search.embedders.availability
            except (IndexUnavailable, OperationalError) as error:
                log_failure(f"The maintenance of {entity.table} is postponed", error)
                report_failure(error)
    finally:
        _maintaining.release()


def _maintain_table(entity: Entity) -> None:
    ensure_table(entity)
    _start_replacement(entity)
    for row in live_tables(entity):
        if row.state == TableState.BUILDING and build(entity, row) is BuildResult.FINISHED:
            logger.info("The index of %s is complete and in use: %s", entity.table, row.lance_name)
    drop_retired(entity, database_time())


def _start_replacement(entity: Entity) -> None:
    """Create a table with the configured identity beside the active one, if there is none yet."""
    identity = configured_identity(entity)
    with writers_lock(entity.table):
        rows = live_tables(entity)
        building = [row for row in rows if row.state == TableState.BUILDING]
        for row in building:
            if identity_of(row) != identity:
                retire(IndexTable.objects.filter(pk=row.pk))
        if all(identity_of(row) != identity for row in rows):
            create_table(entity, identity)


def compact_tables() -> None:
    """Compact the tables that have many small files, and sort by owner those that have many new rows."""
    for entity in entities():
        for row in IndexTable.objects.filter(table=entity.table, state=TableState.ACTIVE):
            try:
                _compact(entity, row)
            except (IndexUnavailable, OperationalError) as error:
                log_failure(f"The compaction of {row.lance_name} is postponed", error)
                report_failure(error)


def _compact(entity: Entity, row: IndexTable) -> None:
    rows, _ = lance_table(entity, row).count()
    record_rows(entity.table, rows)
    elapsed = database_time() - (row.compacted_at or row.created_at)
    if row.unsorted >= max(ROWS_TO_SORT, SHARE_TO_SORT * rows) or _has_old_tombstones(row):
        sort_table(entity, row)
    elif row.commits >= COMMITS_TO_COMPACT or (row.commits and elapsed > MAX_UNCOMPACTED):
        try:
            _merge_files(entity, row)
        except StoreUnavailable:
            raise
        except IndexUnavailable as error:
            # The manifest of an old version may be damaged, which nothing else reads. A copy has no old versions.
            reason = describe(error.__cause__)
            logger.warning("%s can't be compacted, so it is copied: %s", row.lance_name, reason)
            sort_table(entity, row)


def _merge_files(entity: Entity, row: IndexTable) -> None:
    with writers_lock(entity.table):
        row.refresh_from_db()
        began = time.time()
        table = lance_table(entity, row)
        row.version = compact(table)
        table.sync(began)
        row.commits, row.compacted_at = 0, database_time()
        row.save(update_fields=["version", "commits", "compacted_at"])


def _has_old_tombstones(row: IndexTable) -> bool:
    written_at = row.activated_at or row.created_at
    return bool(row.tombstones) and database_time() - written_at > KEEP_TOMBSTONES


def purge_done() -> None:
    """Delete the outbox entries that were applied more than `KEEP_DONE` ago."""
    OutboxEntry.objects.filter(status=OutboxStatus.DONE, done_at__lt=database_time() - KEEP_DONE).delete()
