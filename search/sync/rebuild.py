"""Fills a table from PostgreSQL: for a new model, for a new entity, or to replace a table that was lost."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum, auto
from itertools import accumulate
from uuid import UUID

from base.connections import release_connection
from base.models import batch_by_pk, database_time
from search.index.tables import activate
from search.models import IndexTable, OutboxEntry, OutboxStatus, TableState
from search.registry import Document, Entity
from search.sync import outbox
from search.sync.locks import builder_lock, writers_lock
from search.sync.preparation import Prepared, prepare
from search.sync.writing import write

logger = logging.getLogger(__name__)

# Entities in one commit. A commit looks through the rows so far, so with few in each, 100,000 take minutes longer.
BATCH = 1_000
MAX_CHARACTERS = 300_000  # in one commit: about a minute's work for an embedding model on a CPU
FOLLOW_INTERVAL = 0.5  # seconds
# Every outbox entry is newer than what a build writes. A change that was not committed when the build read its entity
# may have a smaller id than changes that were.
BUILD_REV = 0

OnStep = Callable[[int], None]


class BuildResult(Enum):
    """How a build ended."""

    FINISHED = auto()  # the table is in use, or has been
    EMBEDDER_UNAVAILABLE = auto()  # to be continued
    BUSY = auto()  # another process is building the table
    RETIRED = auto()  # maintenance has replaced the table: it was damaged, or another model was configured


@dataclass(frozen=True)
class Batch:
    """Some entities, and their documents as PostgreSQL had them at `read_at`."""

    ids: Sequence[UUID]
    documents: Sequence[Document]
    read_at: datetime


def build_or_follow(entity: Entity, row: IndexTable, *, on_step: OnStep) -> BuildResult:
    """Build the table. While another process builds it, report its progress, and take over if it dies."""
    result = build(entity, row, on_step=on_step)
    if result is BuildResult.BUSY:
        logger.info("Another process is building %s; following its progress.", row.lance_name)
    while result is BuildResult.BUSY:
        release_connection()
        time.sleep(FOLLOW_INTERVAL)
        result = build(entity, row, on_step=on_step)
    return result


def build(entity: Entity, row: IndexTable, *, on_step: OnStep = lambda count: None) -> BuildResult:
    """Fill the table, starting after its cursor, and make it the active one. Never waits for another builder.

    `on_step` is called with the number of entities added, by this process or by another. While the embedder is
    unavailable, a table that replaces the active one waits, and a first table is filled without vectors.
    """
    with builder_lock(entity.table) as acquired:
        _refresh(entity, row, on_step)
        if row.state == TableState.BUILDING and not acquired:
            return BuildResult.BUSY
        while row.state == TableState.BUILDING:
            ids = _next_ids(entity, row)
            if not ids:
                _finish(entity, row)
            elif not _build_batch(entity, row, ids, on_step):
                return BuildResult.EMBEDDER_UNAVAILABLE
    # A finished table may be retired already: sorting it by owner has replaced it by a copy.
    return BuildResult.FINISHED if row.activated_at else BuildResult.RETIRED


def _refresh(entity: Entity, row: IndexTable, on_step: OnStep) -> None:
    """Read the row again, and report what another builder has added since."""
    before = row.cursor
    row.refresh_from_db()
    if row.cursor != before:
        added = entity.model._default_manager.filter(pk__lte=row.cursor)
        on_step((added.filter(pk__gt=before) if before else added).count())


def _finish(entity: Entity, row: IndexTable) -> None:
    with writers_lock(entity.table):
        row.refresh_from_db()  # drains have written to the table, and maintenance may have retired it
        if row.state == TableState.BUILDING:
            activate(row)


def _build_batch(entity: Entity, row: IndexTable, ids: Sequence[UUID], on_step: OnStep) -> bool:
    """Read, embed and write some entities. False when the embedder is unavailable and the table can wait."""
    read_at = database_time()
    batch = _shortened(Batch(ids, list(entity.documents(ids)), read_at))
    release_connection()
    prepared = prepare(entity, row, batch.documents, dict.fromkeys(batch.ids, BUILD_REV))
    if prepared.missing_vectors and _replaces_active_table(row):
        return False
    if _write_batch(entity, row, batch, prepared):
        on_step(len(batch.ids))
    return True


def _shortened(batch: Batch) -> Batch:
    """The first entities of the batch that have `MAX_CHARACTERS` together, and at least one."""
    lengths = {document.entity_id: len(document.text) for document in batch.documents}
    totals = accumulate(lengths.get(pk, 0) for pk in batch.ids)
    ids = batch.ids[: max(1, sum(total <= MAX_CHARACTERS for total in totals))]
    chosen = set(ids)
    documents = [document for document in batch.documents if document.entity_id in chosen]
    return replace(batch, ids=ids, documents=documents)


def _write_batch(entity: Entity, row: IndexTable, batch: Batch, prepared: Prepared) -> bool:
    """Write the batch and move the cursor. False when another process has retired or continued the table meanwhile."""
    with writers_lock(entity.table):
        cursor = row.cursor
        row.refresh_from_db()
        # The cursor has moved only if the connection that held the builder's lock was lost.
        if row.state != TableState.BUILDING or row.cursor != cursor:
            return False
        superseded = _superseded(entity, batch)
        write(entity, row, prepared, entity_ids=[pk for pk in batch.ids if pk not in superseded])
        row.cursor = batch.ids[-1]
        row.save(update_fields=["cursor"])
        _record_missing(entity, batch.documents, {*prepared.missing_vectors, *prepared.rejected})
    return True


def _superseded(entity: Entity, batch: Batch) -> set[UUID]:
    """The entities that were drained since the batch was read: the table already has newer rows of them."""
    drained = OutboxEntry.objects.filter(table=entity.table, status=OutboxStatus.DONE, done_at__gte=batch.read_at)
    superseded = {entry.entity_id for entry in drained.filter(entity_id__in=batch.ids) if entry.entity_id}
    # Rows that we write for a deleted account would never be removed.
    deleted_owners = set(drained.filter(entity_id=None).values_list("owner_id", flat=True))
    return superseded | {document.entity_id for document in batch.documents if document.owner_id in deleted_owners}


def _record_missing(entity: Entity, documents: Sequence[Document], missing: set[UUID]) -> None:
    """Leave the missing vectors to the outbox, which also keeps their errors."""
    with outbox.written_together():
        for document in documents:
            if document.entity_id in missing:
                outbox.record(table=entity.table, owner_id=document.owner_id, entity_ids=[document.entity_id])


def _next_ids(entity: Entity, row: IndexTable) -> list[UUID]:
    keys = entity.model._default_manager.values_list("pk", flat=True)
    return list(batch_by_pk(keys, after=row.cursor, size=BATCH))


def _replaces_active_table(row: IndexTable) -> bool:
    return IndexTable.objects.filter(table=row.table, state=TableState.ACTIVE).exists()
