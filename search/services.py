"""Verbs: telling the index what changed, and bringing it up to date."""

from collections.abc import Iterable
from uuid import UUID

from search import registry
from search.index.identity import identity_of, wanted_identity
from search.index.tables import begin_table, retire
from search.models import IndexTable, OutboxEntry, TableState
from search.sync import outbox
from search.sync.drain import drain_all
from search.sync.locks import writers_lock


def mark_changed(*, table: str, owner_id: UUID, entity_ids: Iterable[UUID]) -> None:
    """Say that these entities may differ from the index, in the caller's transaction.

    For bulk writes, which send no signals. Raises UnknownTable.
    """
    registry.entity_of(table)
    outbox.record(table=table, owner_id=owner_id, entity_ids=entity_ids)


def delete_owner(*, owner_id: UUID) -> None:
    """Have everything of this owner removed from every table, in the caller's transaction."""
    for entity in registry.entities():
        outbox.record(table=entity.table, owner_id=owner_id, entity_ids=[None])


def start_rebuild(*, table: str) -> IndexTable:
    """The table being built to replace the active one: a new one, or the one that an interrupted rebuild left.

    Raises UnknownTable, EmbedderUnavailable or IndexUnavailable.
    """
    entity = registry.entity_of(table)
    wanted = wanted_identity(entity)
    with writers_lock(table):
        building = IndexTable.objects.filter(table=table, state=TableState.BUILDING)
        row = building.first()
        if row and identity_of(row) == wanted:
            return row
        retire(building)
        return begin_table(entity, wanted)


def retry_dead(*, entries: Iterable[OutboxEntry]) -> int:
    """Bring dead entries back to life, due now; answers how many were dead."""
    return outbox.retry(entries)


def drain() -> int:
    """Apply the outbox until nothing is due; answers how many entries were taken.

    Call it outside of a transaction: it embeds between its reads and its commits. Never raises for an
    embedder or a LanceDB that is away; those entries wait.
    """
    return drain_all()
