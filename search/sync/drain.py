"""Bringing the outbox into the tables: claim, read what is true now, embed, write, mark done."""

import logging
import threading
from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import DatabaseError, OperationalError

from base.connections import release_connection
from search.errors import EmbedderUnavailable, IndexUnavailable
from search.index.tables import ensure_table, live_tables
from search.models import OutboxEntry
from search.registry import Document, Entity, entity_of
from search.sync import outbox
from search.sync.locks import writers_lock
from search.sync.preparation import Prepared, prepare
from search.sync.requests import request_repair
from search.sync.writing import write

log = logging.getLogger(__name__)

BATCH = 200  # entries a commit: 85 ms on 50,000 rows, where one entry costs 71

_running = threading.Lock()
_again = threading.Event()


def drain_all() -> int:
    """Drain until nothing is due, once per process at a time: a second caller leaves its wish to the first."""
    taken = 0
    _again.set()
    while _again.is_set() and _running.acquire(blocking=False):
        try:
            _again.clear()
            while batch := drain_batch():
                taken += batch
        finally:
            _running.release()
    return taken


def drain_batch() -> int:
    """Claim and apply up to `BATCH` entries; answers how many were claimed."""
    entries = outbox.claim(BATCH)
    tables: dict[str, list[OutboxEntry]] = defaultdict(list)
    for entry in entries:
        tables[entry.table].append(entry)
    for table, its_entries in tables.items():
        _apply_or_keep(table, its_entries)
    return len(entries)


def _apply_or_keep(table: str, entries: Sequence[OutboxEntry]) -> None:
    """Apply the entries, or keep in their rows what stood in the way; only the database's own failure is raised."""
    try:
        apply(entity_of(table), entries)
    except (EmbedderUnavailable, IndexUnavailable, OperationalError) as error:
        log.warning("%d entries of %s wait: %s (%r)", len(entries), table, error, error.__cause__)
        outbox.postpone(entries, str(error))
        if isinstance(error, IndexUnavailable):
            request_repair()
    except Exception as error:
        if len(entries) == 1:
            log.exception("Outbox entry %s failed.", entries[0])
            outbox.fail(entries[0], repr(error))
            return
        # One of them is bad, as with a value that fits no column; the others must not wait for it.
        for entry in entries:
            _apply_or_keep(table, [entry])


def apply(entity: Entity, entries: Sequence[OutboxEntry]) -> None:
    """Bring claimed entries of one table into LanceDB and mark them.

    Raises EmbedderUnavailable (of a table that is still to be made), IndexUnavailable or IndexDamaged.
    """
    newest = _newest(entries)
    revs = {entity_id: entry.pk for entity_id, entry in newest.items()}
    owners = {entry.owner_id for entry in entries if entry.entity_id is None}
    documents, broken = _read(entity, list(newest))
    ensure_table(entity)
    prepared: dict[UUID, Prepared] = {}
    settled = False
    while not settled:
        # Once more when a table was begun while we embedded: it wants these changes too.
        missing = [target for target in live_tables(entity) if target.pk not in prepared]
        release_connection()
        prepared.update((target.pk, prepare(entity, target, documents, revs)) for target in missing)
        with writers_lock(entity.table):
            targets = live_tables(entity)
            if all(target.pk in prepared for target in targets):
                fresh = _still_newest(entity.table, {key: newest[key] for key in newest if key not in broken})
                for target in targets:
                    write(entity, target, prepared[target.pk], entity_ids=fresh, owner_ids=owners)
                spoken = {key: entry for key, entry in newest.items() if key in broken or key in fresh}
                _settle(entries, spoken, broken, [prepared[target.pk] for target in targets])
                settled = True


def _newest(entries: Iterable[OutboxEntry]) -> dict[UUID, OutboxEntry]:
    """Ten quick edits are one write: the last entry of each entity speaks for all."""
    return {entry.entity_id: entry for entry in sorted(entries, key=lambda entry: entry.pk) if entry.entity_id}


def _read(entity: Entity, ids: Sequence[UUID]) -> tuple[list[Document], dict[UUID, str]]:
    """The documents as they are now, and the error of each entity whose document can't be made."""
    try:
        return list(entity.documents(ids)), {}
    except DatabaseError:
        raise
    except Exception:
        log.exception("Reading a batch of %s failed; its entities are read one by one.", entity.table)
    documents: list[Document] = []
    broken: dict[UUID, str] = {}
    for entity_id in ids:
        try:
            documents += entity.documents([entity_id])
        except DatabaseError:
            raise
        except Exception as error:
            broken[entity_id] = repr(error)
    return documents, broken


def _still_newest(table: str, newest: dict[UUID, OutboxEntry]) -> list[UUID]:
    """The entities whose change no later entry has overtaken while we were embedding.

    A late writer must not bring back what a later entry has deleted, nor delete what it has brought back.
    """
    done = outbox.superseded(table, newest)
    purged = outbox.purged(table, (entry.owner_id for entry in newest.values()))
    return [
        entity_id
        for entity_id, entry in newest.items()
        if done.get(entity_id, 0) <= entry.pk and purged.get(entry.owner_id, 0) <= entry.pk
    ]


def _settle(
    entries: Sequence[OutboxEntry],
    spoken: dict[UUID, OutboxEntry],
    broken: dict[UUID, str],
    prepared: Sequence[Prepared],
) -> None:
    """Mark each entry by what became of its entity; `spoken` has for each the one that carries the outcome."""
    rejected = {key: error for part in prepared for key, error in part.rejected.items()}
    owed = {key: error for part in prepared for key, error in part.owed.items()}
    done: list[OutboxEntry] = []
    for entry in entries:
        entity_id = entry.entity_id
        if entity_id is None or entity_id not in spoken or spoken[entity_id].pk != entry.pk:
            done.append(entry)
        elif entity_id in broken:
            outbox.fail(entry, broken[entity_id])
        elif entity_id in rejected:
            outbox.bury([entry], rejected[entity_id])
        elif entity_id in owed:
            outbox.postpone([entry], owed[entity_id])
        else:
            done.append(entry)
    outbox.finish(done)
