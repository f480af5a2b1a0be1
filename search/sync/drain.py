"""Applies the outbox to the tables: claims entries, reads their rows, embeds, writes, and records the outcomes."""

import logging
import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import DatabaseError, OperationalError

from base.connections import release_connection
from base.logs.context import fields
from base.logs.outages import log_failure
from search.errors import EmbedderUnavailable, IndexUnavailable
from search.index.tables import ensure_table, live_tables
from search.models import IndexTable, OutboxEntry
from search.registry import Document, Entity, entity_of
from search.sync import outbox
from search.sync.locks import writers_lock
from search.sync.preparation import Prepared, prepare
from search.sync.repair import report_failure
from search.sync.writing import write

logger = logging.getLogger(__name__)

BATCH = 200  # entries in one commit, which takes 85 ms on 50,000 rows; a commit of one entry takes 71 ms


class Lane:
    """A kind of entries that one thread of each process applies."""

    def __init__(self, *, missing_vector: bool) -> None:
        self.missing_vector = missing_vector
        self.draining = threading.Lock()
        self.requested = threading.Event()


TEXTS = Lane(missing_vector=False)  # each waits for its vector for half a second at most
VECTORS = Lane(missing_vector=True)  # their texts are found by words already, so these may wait for the embedder


@dataclass(frozen=True)
class Changes:
    """Claimed entries of one table, and what PostgreSQL holds of their entities now."""

    entity: Entity
    entries: Sequence[OutboxEntry]
    latest: Mapping[UUID, OutboxEntry]  # the last entry of each entity; its id is the `rev`
    documents: Sequence[Document]
    unreadable: Mapping[UUID, str]  # the error of each entity whose document can't be made

    @property
    def purged_owners(self) -> set[UUID]:
        return {entry.owner_id for entry in self.entries if entry.entity_id is None}

    @property
    def text_waits(self) -> bool:
        """Whether a text is not in the index yet."""
        return any(not entry.missing_vector for entry in self.entries)


def drain_all(lane: Lane) -> int:
    """Drain until nothing is due. If another thread of this process is draining, it checks once more instead."""
    claimed = 0
    lane.requested.set()
    while lane.requested.is_set() and lane.draining.acquire(blocking=False):
        try:
            lane.requested.clear()
            while batch := drain_batch(lane):
                claimed += batch
        finally:
            lane.draining.release()
    return claimed


def drain_batch(lane: Lane) -> int:
    """Claim and apply up to `BATCH` entries. Returns how many were claimed."""
    entries = outbox.claim(BATCH, missing_vector=lane.missing_vector)
    if not entries:
        return 0
    tables: dict[str, list[OutboxEntry]] = defaultdict(list)
    for entry in entries:
        tables[entry.table].append(entry)
    with outbox.renewed(entries):
        for table, entries_of_table in tables.items():
            _apply_or_record_error(table, entries_of_table)
    return len(entries)


def _apply_or_record_error(table: str, entries: Sequence[OutboxEntry]) -> None:
    """Apply the entries, or record on them why they failed. Raises only PostgreSQL's errors."""
    try:
        apply(entity_of(table), entries)
    except EmbedderUnavailable as error:  # logged once for the whole outage, by search.embedders.availability
        outbox.postpone(entries, str(error))
    except (IndexUnavailable, OperationalError) as error:
        log_failure(f"{len(entries)} outbox entries of {table} are postponed", error)
        outbox.postpone(entries, str(error))
        report_failure(error)
    except Exception as error:
        if len(entries) == 1:
            logger.exception("An outbox entry failed.", extra=fields(table=table, rev=entries[0].pk))
            outbox.fail(entries[0], repr(error))
            return
        # One of them is bad, for example because a value does not fit its column. The others must not wait for it.
        for entry in entries:
            _apply_or_record_error(table, [entry])


def apply(entity: Entity, entries: Sequence[OutboxEntry]) -> None:
    """Write the claimed entries of one table to LanceDB and record their outcomes.

    Raises EmbedderUnavailable (when the table can't be created yet), IndexUnavailable or IndexDamaged.
    """
    changes = _read_changes(entity, entries)
    ensure_table(entity)
    prepared: dict[UUID, Prepared] = {}
    written = False
    while not written:
        _prepare_missing(changes, prepared)
        with writers_lock(entity.table):
            targets = live_tables(entity)
            # A table that was created while we embedded needs these changes, too: prepare them for it first.
            if all(target.pk in prepared for target in targets):
                _write_and_record(changes, targets, prepared)
                written = True


def _read_changes(entity: Entity, entries: Sequence[OutboxEntry]) -> Changes:
    """Read the entities as they are now. Ten quick edits are one change, written once."""
    latest = {entry.entity_id: entry for entry in sorted(entries, key=lambda entry: entry.pk) if entry.entity_id}
    documents, unreadable = _read_documents(entity, list(latest))
    return Changes(entity, entries, latest, documents, unreadable)


def _read_documents(entity: Entity, ids: Sequence[UUID]) -> tuple[list[Document], dict[UUID, str]]:
    """The documents, and the error of each entity whose document can't be made."""
    try:
        return list(entity.documents(ids)), {}
    except DatabaseError:
        raise
    except Exception:
        logger.exception("Reading a batch of %s failed; its entities are read one by one.", entity.table)
    documents: list[Document] = []
    unreadable: dict[UUID, str] = {}
    for entity_id in ids:
        try:
            documents += entity.documents([entity_id])
        except DatabaseError:
            raise
        except Exception as error:
            unreadable[entity_id] = repr(error)
    return documents, unreadable


def _prepare_missing(changes: Changes, prepared: dict[UUID, Prepared]) -> None:
    """Chunk and embed for each live table that is not in `prepared` yet, outside of any transaction."""
    revs = {entity_id: entry.pk for entity_id, entry in changes.latest.items()}
    missing = [target for target in live_tables(changes.entity) if target.pk not in prepared]
    release_connection()
    for target in missing:
        prepared[target.pk] = prepare(changes.entity, target, changes.documents, revs, text_waits=changes.text_waits)


def _write_and_record(changes: Changes, targets: Sequence[IndexTable], prepared: Mapping[UUID, Prepared]) -> None:
    """Write to every live table and record the outcomes. Call it under the writers' lock."""
    current = _not_superseded(changes)
    for target in targets:
        write(changes.entity, target, prepared[target.pk], entity_ids=current, owner_ids=changes.purged_owners)
    _record_outcomes(changes, current, [prepared[target.pk] for target in targets])


def _not_superseded(changes: Changes) -> list[UUID]:
    """The readable entities for which no later entry was applied while we embedded.

    A late writer must not restore what a later entry has deleted, nor delete what one has restored.
    """
    table = changes.entity.table
    readable = {key: entry for key, entry in changes.latest.items() if key not in changes.unreadable}
    done = outbox.latest_done(table, readable)
    purged = outbox.latest_purge(table, (entry.owner_id for entry in readable.values()))
    return [
        entity_id
        for entity_id, entry in readable.items()
        if done.get(entity_id, 0) <= entry.pk and purged.get(entry.owner_id, 0) <= entry.pk
    ]


def _record_outcomes(changes: Changes, current: Iterable[UUID], prepared: Iterable[Prepared]) -> None:
    """The latest entry of each entity gets the entity's outcome. Earlier and superseded ones are done."""
    rejected: dict[UUID, str] = {}
    missing_vectors: dict[UUID, str] = {}
    slow = answered = False
    for part in prepared:
        rejected.update(part.rejected)
        missing_vectors.update(part.missing_vectors)
        slow, answered = slow or part.slow, answered or part.answered
    remaining = {entry.pk: entry for entry in changes.entries}
    awaiting: dict[str, list[OutboxEntry]] = defaultdict(list)  # by the error, which is the same for most
    for entity_id in [*changes.unreadable, *current]:
        entry = changes.latest[entity_id]
        if entity_id in changes.unreadable:
            outbox.fail(remaining.pop(entry.pk), changes.unreadable[entity_id])
        elif entity_id in rejected:
            outbox.dead_letter([remaining.pop(entry.pk)], rejected[entity_id])
        elif entity_id in missing_vectors:
            awaiting[missing_vectors[entity_id]].append(remaining.pop(entry.pk))
    for error, entries in awaiting.items():
        outbox.await_vectors(entries, error, now=slow)
    outbox.finish(list(remaining.values()))
    if answered and not missing_vectors:
        outbox.retry_vectors_soon(changes.entity.table)
