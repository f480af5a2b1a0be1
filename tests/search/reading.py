"""What search finds, and what its tables contain."""

from uuid import UUID

from django.db.models import QuerySet

from accounts.models import User
from search.index.lance_table import LanceTable
from search.index.tables import lance_table, readable_table
from search.models import IndexTable, OutboxEntry, OutboxStatus
from search.queries import FindResult, Mode, find
from search.registry import Entity


def search(owner: User, query: str, mode: Mode = Mode.HYBRID) -> FindResult:
    """A search of messages."""
    return find(owner_id=owner.pk, table="messages", query=query, mode=mode)


def matching_ids(owner: User, query: str, mode: Mode = Mode.KEYWORD) -> list[UUID]:
    """The messages that are found, best first."""
    return [hit.entity_id for hit in search(owner, query, mode).hits]


def index_tables() -> "QuerySet[IndexTable]":
    """Every table of messages, in any state."""
    return IndexTable.objects.filter(table="messages")


def table_of(entity: Entity) -> LanceTable:
    """The table that is searched. There must be one."""
    row = readable_table(entity)
    assert row
    return lance_table(entity, row)


def make_due() -> None:
    """Let the next drain claim every entry that is not done."""
    OutboxEntry.objects.filter(status=OutboxStatus.PENDING).update(due_at="2020-01-01T00:00:00Z")
