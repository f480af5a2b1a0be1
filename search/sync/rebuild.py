"""Filling a table from PostgreSQL: a new model, a new entity, or a table that was lost."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection

from base.connections import release_connection
from search.index.tables import activate
from search.models import IndexTable, OutboxEntry, OutboxStatus, TableState
from search.registry import Document, Entity
from search.sync import outbox
from search.sync.locks import writers_lock
from search.sync.preparation import prepare
from search.sync.writing import write

log = logging.getLogger(__name__)

BATCH = 200
# Any outbox row is newer than what a build wrote: a change that was not committed yet when the build read its
# entity may have a smaller id than rows that were.
REV_OF_BUILD = 0


def build(entity: Entity, row: IndexTable, *, on_step: Callable[[int], None] = lambda count: None) -> bool:
    """Fill the table from where its cursor stands, then swap it in; answers whether it is in now.

    `on_step` hears how many entities were done. Without an answer from the embedder the build of a table that has
    a predecessor stops here and goes on later; one that has none goes on with text alone.
    """
    while True:
        ids = _next_ids(entity, row)
        if not ids:
            with writers_lock(entity.table):
                row.refresh_from_db()  # drains have written to it since, and tending may have given it up
                if row.state == TableState.RETIRED:
                    return False
                activate(row)
            return True
        if not _build_batch(entity, row, ids):
            return False
        on_step(len(ids))


def _build_batch(entity: Entity, row: IndexTable, ids: Sequence[UUID]) -> bool:
    began = _database_clock()
    documents = list(entity.documents(ids))
    release_connection()
    prepared = prepare(entity, row, documents, dict.fromkeys(ids, REV_OF_BUILD))
    if prepared.owed and _has_predecessor(row):
        return False
    with writers_lock(entity.table):
        row.refresh_from_db()
        if row.state != TableState.BUILDING:
            return False
        skipped = _overtaken(entity, documents, ids, began)
        write(entity, row, prepared, entity_ids=[pk for pk in ids if pk not in skipped])
        row.cursor = ids[-1]
        row.save(update_fields=["cursor"])
        _owe(entity, documents, {*prepared.owed, *prepared.rejected})
    return True


def _overtaken(entity: Entity, documents: Sequence[Document], ids: Sequence[UUID], began: datetime) -> set[UUID]:
    """What was drained since `began` stands in the table already, newer than what we read."""
    drained = OutboxEntry.objects.filter(table=entity.table, status=OutboxStatus.DONE, done_at__gte=began)
    overtaken = {entry.entity_id for entry in drained.filter(entity_id__in=ids) if entry.entity_id}
    # Nothing would ever take out again what we put back of an account that is gone.
    left = set(drained.filter(entity_id=None).values_list("owner_id", flat=True))
    return overtaken | {document.entity_id for document in documents if document.owner_id in left}


def _owe(entity: Entity, documents: Sequence[Document], missing: set[UUID]) -> None:
    """Leave the vectors that could not be had to the outbox, where their errors are kept too."""
    for document in documents:
        if document.entity_id in missing:
            outbox.record(table=entity.table, owner_id=document.owner_id, entity_ids=[document.entity_id])


def _next_ids(entity: Entity, row: IndexTable) -> list[UUID]:
    rows = entity.model._default_manager.order_by("pk")
    if row.cursor:
        rows = rows.filter(pk__gt=row.cursor)
    return list(rows.values_list("pk", flat=True)[:BATCH])


def _has_predecessor(row: IndexTable) -> bool:
    return IndexTable.objects.filter(table=row.table, state=TableState.ACTIVE).exists()


def _database_clock() -> datetime:
    """PostgreSQL's clock: the hosts that drain and build have clocks of their own."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
        return moment
