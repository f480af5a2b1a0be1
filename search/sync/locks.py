"""PostgreSQL's locks: one writer and one builder per table, on any number of hosts.

A lock belongs to a transaction, not to a session: behind a transaction pooler (pgbouncer, Supabase) the next
transaction may run on another session, and a session's lock would stay with the wrong one.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import Error, connection, transaction

MAX_WAIT = "60s"  # a compaction of a large table holds the lock for some seconds


@contextmanager
def writers_lock(table: str) -> Iterator[None]:
    """A transaction in which no other process writes the table. Raises OperationalError after waiting `MAX_WAIT`."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{MAX_WAIT}'")
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"search:{table}"])
        yield


@contextmanager
def builder_lock(table: str) -> Iterator[bool]:
    """Whether this process is the only one that builds the table. Never waits.

    A build takes minutes and must not be one transaction, so the lock has its own connection. The transaction
    stays idle: without a snapshot it does not hold back vacuum. It ends when the process dies.
    """
    holder = connection.copy()
    try:
        holder.set_autocommit(False)
        with holder.cursor() as cursor:
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"search-build:{table}"])
            [acquired] = cursor.fetchone()
        yield acquired
    finally:
        with suppress(Error):  # the connection may be lost, and the lock with it
            holder.rollback()
        holder.close()
