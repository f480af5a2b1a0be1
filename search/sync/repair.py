"""Repairs tables that failed: recreates their indices, or retires them so that they are rebuilt from PostgreSQL.

A failure is recorded on the table's row, so that any process can repair what another one could not read or write.
"""

import logging
import threading
import time
from datetime import timedelta
from uuid import uuid4

from django.db import OperationalError
from django.db.models.functions import Now

from base.logs.outages import log_failure
from base.models import database_time
from search.errors import IndexDamaged, IndexUnavailable, StoreUnavailable
from search.index.arrow import TableSchema
from search.index.damage import Damage, damage_of, recreate_indices
from search.index.lance_table import LanceTable
from search.index.tables import lance_table, live_tables, retire
from search.models import IndexTable, RepairStep, TableState
from search.registry import Entity, entities
from search.sync import outbox
from search.sync.locks import writers_lock
from search.sync.requests import request_maintenance, request_repair

logger = logging.getLogger(__name__)

# A table that fails again within this time after a repair gets the next, more thorough repair.
ESCALATE_WITHIN = timedelta(minutes=1)
# A table in which no damage is found is rebuilt if it is older than this. If it is younger, a rebuild has not helped.
MIN_AGE_TO_REBUILD = timedelta(hours=1)

_repairing = threading.Lock()


def report_failure(error: IndexUnavailable | OperationalError) -> None:
    """Record that a table could not be read or written, and request its repair. PostgreSQL's errors need none."""
    if isinstance(error, StoreUnavailable | OperationalError) or not error.lance_name:
        return
    IndexTable.objects.filter(lance_name=error.lance_name, failed_at=None).update(failed_at=Now())
    request_repair()


def verify_files(entity: Entity) -> None:
    """Read every row and use every index of the entity's tables. Raises IndexDamaged and StoreUnavailable."""
    for row in live_tables(entity):
        if damage_of(lance_table(entity, row)) is not Damage.NONE:
            error = IndexDamaged()
            error.lance_name = row.lance_name
            raise error


def repair_tables() -> None:
    """Repair the tables that failed or lost a commit. One thread per process does this at a time.

    Takes seconds, because a table that has to be rebuilt is only retired: `maintain_tables` builds it, and is requested
    until there is one that users can search. What fails is logged and tried again at the next call.
    """
    if not _repairing.acquire(blocking=False):
        return
    try:
        for entity in entities():
            rows = live_tables(entity)
            for row in rows:
                try:
                    if row.failed_at or _has_lost_commits(lance_table(entity, row)):
                        _repair(entity, row)
                except (IndexUnavailable, OperationalError) as error:
                    log_failure(f"The repair of {row.lance_name} is postponed", error)
            if all(row.state != TableState.ACTIVE for row in rows):
                request_maintenance()
    finally:
        _repairing.release()


def _has_lost_commits(table: LanceTable) -> bool:
    """Whether the table does not open, or opens with an older version. Raises StoreUnavailable."""
    try:
        table.version()
    except StoreUnavailable:
        raise
    except IndexUnavailable:
        return True
    return False


def _repair(entity: Entity, row: IndexTable) -> None:
    damage, step = damage_of(lance_table(entity, row)), _last_step(row)
    if damage is Damage.ROWS:
        _retire(entity, row)
    elif damage is Damage.NONE and step == RepairStep.NONE:
        # It may have been a passing error, such as too many open files.
        logger.warning("The index table %s failed, but no damage was found.", row.lance_name)
        _record(row, RepairStep.CHECKED)
    elif step != RepairStep.INDICES:
        _recreate_indices(entity, row)
    elif damage is Damage.INDICES or database_time() - row.created_at > MIN_AGE_TO_REBUILD:
        _retire(entity, row)
    else:
        logger.error("The index table %s fails, and neither new indices nor a rebuild have helped.", row.lance_name)
        _record(row, RepairStep.INDICES)
    outbox.retry_now(entity.table)


def _last_step(row: IndexTable) -> str:
    """The repair after which the table has failed again; NONE if it had worked for at least `ESCALATE_WITHIN`."""
    if row.failed_at and row.repaired_at and row.failed_at - row.repaired_at < ESCALATE_WITHIN:
        return row.repair_step
    return RepairStep.NONE


def _record(row: IndexTable, step: RepairStep) -> None:
    row.failed_at, row.repaired_at, row.repair_step = None, database_time(), step
    row.save(update_fields=["failed_at", "repaired_at", "repair_step"])


def _recreate_indices(entity: Entity, row: IndexTable) -> None:
    with writers_lock(entity.table):
        row.refresh_from_db()
        if row.state == TableState.RETIRED or row.failed_at is None:  # another process was faster
            return
        logger.error("The indices of %s are recreated, because the table failed.", row.lance_name)
        began, table = time.time(), lance_table(entity, row)
        row.indexed_owners = sorted(recreate_indices(table))
        row.version = table.version()
        table.sync(began)
        row.save(update_fields=["indexed_owners", "version"])
        _record(row, RepairStep.INDICES)
    if damage_of(lance_table(entity, row)) is not Damage.NONE:
        _retire(entity, row)


def _retire(entity: Entity, row: IndexTable) -> None:
    """Have the table rebuilt from PostgreSQL. Raises IndexUnavailable when the whole store does not work."""
    _try_store()
    with writers_lock(entity.table):
        logger.error("The index table %s is damaged and will be rebuilt from PostgreSQL.", row.lance_name)
        retire(IndexTable.objects.filter(pk=row.pk))
    request_maintenance()


def _try_store() -> None:
    """Create and drop an empty table. When that fails too, the store has failed, not one table."""
    probe = LanceTable(f"probe_{uuid4().hex}", TableSchema((), 0))
    probe.create()
    probe.drop()
