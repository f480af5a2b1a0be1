"""Service functions: report changes to the index, bring it up to date, rebuild it."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import transaction

from search import registry
from search.index.identity import configured_identity, identity_of
from search.index.tables import create_table, retire
from search.models import IndexTable, OutboxEntry, TableState
from search.sync import outbox
from search.sync.drain import TEXTS, VECTORS, drain_all
from search.sync.locks import writers_lock
from search.sync.rebuild import BuildResult, build_or_follow

__all__ = [
    "BuildResult",
    "add_missing_vectors",
    "continue_rebuild",
    "delete_owner",
    "discard_tables",
    "drain",
    "drain_texts",
    "indexed_transaction",
    "mark_changed",
    "requeue_dead_letters",
    "start_rebuild",
]


@contextmanager
def indexed_transaction() -> Iterator[None]:
    """`transaction.atomic()` that writes the outbox entries of all its changes with one statement, before it commits.

    For transactions that change several rows of the index. Also a decorator.
    """
    with transaction.atomic(), outbox.written_together():
        yield


def mark_changed(*, table: str, owner_id: UUID, entity_ids: Iterable[UUID]) -> None:
    """Note that these entities may differ from the index, in the caller's transaction.

    For bulk writes, which send no signals. Raises UnknownTable.
    """
    registry.entity_of(table)
    outbox.record(table=table, owner_id=owner_id, entity_ids=entity_ids)


def delete_owner(*, owner_id: UUID) -> None:
    """Have everything of this owner removed from every table, in the caller's transaction."""
    for entity in registry.entities():
        outbox.record(table=entity.table, owner_id=owner_id, entity_ids=[None])


def start_rebuild(*, table: str) -> IndexTable:
    """The table that will replace the active one: an unfinished one of the configured identity, or a new one.

    Raises UnknownTable, EmbedderUnavailable or IndexUnavailable.
    """
    entity = registry.entity_of(table)
    identity = configured_identity(entity)
    with writers_lock(table):
        building = IndexTable.objects.filter(table=table, state=TableState.BUILDING)
        row = building.first()
        if row and identity_of(row) == identity:
            return row
        retire(building)
        return create_table(entity, identity)


def continue_rebuild(*, row: IndexTable, on_step: Callable[[int], None]) -> BuildResult:
    """Fill a table that `start_rebuild` returned and make it the active one.

    Only one process at a time builds a table. The others wait here, and one of them takes over when it dies.
    `on_step` is called with the number of entities added. Call it outside of a transaction. Raises IndexUnavailable.
    """
    return build_or_follow(registry.entity_of(row.table), row, on_step=on_step)


def discard_tables() -> None:
    """Have every table rebuilt from PostgreSQL under a new name, for example after the database was restored.

    Tables written for another state of the database must not be used again: their rows have greater revs than changes
    to come, so these would be taken for older ones. Until maintenance has built new tables, searches use PostgreSQL.
    """
    retire(IndexTable.objects.exclude(state=TableState.RETIRED))


def requeue_dead_letters(*, entries: Iterable[OutboxEntry]) -> int:
    """Make the dead letters among the entries pending and due now. Returns how many there were."""
    return outbox.requeue(entries)


def drain() -> int:
    """Apply the whole outbox until nothing is due: texts first, then missing vectors. Returns the number of claims."""
    return drain_texts() + add_missing_vectors()


def drain_texts() -> int:
    """Apply the changes that are not in the index, until none is due. Returns how many entries were claimed.

    Call it outside of a transaction: it embeds between its reads and its commits. While the embedder or LanceDB is
    unavailable, entries wait and nothing is raised. A text does not wait for a slow embedder.
    """
    return drain_all(TEXTS)


def add_missing_vectors() -> int:
    """Embed the texts that were written without their vectors, until none is due. Returns how many were claimed.

    Like `drain_texts`, but it waits for a slow embedder.
    """
    return drain_all(VECTORS)
