"""The state of the index, of the outbox and of the embedding model."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db.models import Count, Min, Q

from base.models import database_time
from search.errors import EmbedderUnavailable, IndexUnavailable
from search.index.identity import configured_embedder
from search.index.tables import lance_table, readable_table
from search.models import OutboxEntry, OutboxStatus, TableState
from search.registry import Entity, entities


@dataclass(frozen=True)
class TableStatus:
    """One entity's table; `drift` counts the changes that are not applied to it yet.

    `status` is ok, building, missing or damaged. Without a readable table the numbers are zero.
    """

    table: str
    status: str
    rows: int
    embedded: int
    version: int
    drift: int
    backend: str
    model: str
    dimensions: int


@dataclass(frozen=True)
class OutboxState:
    """`oldest_seconds`: how long the oldest pending change has been waiting."""

    pending: int
    dead: int
    oldest_seconds: float


@dataclass(frozen=True)
class EmbedderStatus:
    """The embedding model in use. `error` says why it can't be used now; `dimensions` is None then."""

    backend: str
    model: str
    dimensions: int | None = None
    error: str = ""


def index_status() -> list[TableStatus]:
    """The table of each registered entity, sorted by name. One that can't be read or written is `damaged`."""
    open_entries = OutboxEntry.objects.exclude(status=OutboxStatus.DONE)
    drift = dict(open_entries.values_list("table").annotate(count=Count("id")))
    return sorted((_table_status(entity, drift) for entity in entities()), key=lambda status: status.table)


def _table_status(entity: Entity, drift: Mapping[str, int]) -> TableStatus:
    row = readable_table(entity)
    waiting = drift.get(entity.table, 0)
    if row is None:
        return TableStatus(entity.table, "missing", 0, 0, 0, waiting, "", "", 0)
    identity = (row.backend, row.model, row.dimensions)
    if not _has_store():
        return TableStatus(entity.table, "damaged", 0, 0, 0, waiting, *identity)
    try:
        table = lance_table(entity, row)
        rows, embedded = table.count()
        version = table.version()
    except IndexUnavailable:
        return TableStatus(entity.table, "damaged", 0, 0, 0, waiting, *identity)
    working = "ok" if row.state == TableState.ACTIVE else "building"
    status = "damaged" if row.failed_at else working
    return TableStatus(entity.table, status, rows, embedded, version, waiting, *identity)


def _has_store() -> bool:
    """Whether LanceDB's directory exists. LanceDB creates it on opening, and asking for the status changes nothing."""
    return "://" in settings.LANCEDB_URI or Path(settings.LANCEDB_URI).is_dir()


def outbox_status() -> OutboxState:
    pending, dead = Q(status=OutboxStatus.PENDING), Q(status=OutboxStatus.DEAD)
    counts = OutboxEntry.objects.exclude(status=OutboxStatus.DONE).aggregate(
        pending=Count("id", filter=pending), dead=Count("id", filter=dead), oldest=Min("created_at", filter=pending)
    )
    oldest = counts["oldest"]
    waited = (database_time() - oldest).total_seconds() if oldest else 0.0
    return OutboxState(counts["pending"], counts["dead"], waited)


def embedder_status() -> EmbedderStatus:
    """Ask the embedding model itself. This takes up to two seconds."""
    embedder = configured_embedder()
    try:
        embedder.check()
        return EmbedderStatus(embedder.backend, embedder.model, embedder.dimensions())
    except EmbedderUnavailable as error:
        return EmbedderStatus(embedder.backend, embedder.model, error=str(error))
