"""Verbs: telling the index what changed, and bringing it up to date."""

from collections.abc import Iterable
from uuid import UUID

from search import draining, outbox, registry


def mark_changed(*, table: str, owner_id: UUID, entity_ids: Iterable[UUID]) -> None:
    """Say that these entities may differ from the index, in the caller's transaction.

    For bulk writes, which send no signals. Raises UnknownTable.
    """
    registry.entity_of(table)
    outbox.record(table=table, owner_id=owner_id, entity_ids=entity_ids)


def forget_owner(*, owner_id: UUID) -> None:
    """Have everything of this owner removed from every table, in the caller's transaction."""
    for entity in registry.entities():
        outbox.record(table=entity.table, owner_id=owner_id, entity_ids=[None])


def drain() -> int:
    """Apply the outbox until nothing is due; answers how many entries were taken.

    Call it outside of a transaction: it embeds between its reads and its commits. Never raises for an
    embedder or a LanceDB that is away; those entries wait.
    """
    return draining.drain_all()
