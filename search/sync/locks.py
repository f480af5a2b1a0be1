"""PostgreSQL's locks: one writer and one builder per table, on any number of hosts.

A lock belongs to a transaction, not to a session: `base.postgresql.locks` has the reason.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from django.db import connection, transaction

from base.postgresql.locks import only_holder

MAX_WAIT = "60s"  # a compaction of a large table holds the lock for some seconds


@contextmanager
def writers_lock(table: str) -> Iterator[None]:
    """A transaction in which no other process writes the table. Raises OperationalError after waiting `MAX_WAIT`."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{MAX_WAIT}'")
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"search:{table}"])
        yield


def builder_lock(table: str) -> AbstractContextManager[bool]:
    """Whether this process is the only one that builds the table. Never waits."""
    return only_holder(f"search-build:{table}")
