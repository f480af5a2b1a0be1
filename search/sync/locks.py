"""One writer per table, on however many hosts."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

LONGEST_WAIT = "60s"  # a compaction of a large table holds the lock for some seconds


@contextmanager
def writers_lock(table: str) -> Iterator[None]:
    """A transaction in which nobody else writes the table; django.db.OperationalError after a minute's wait.

    The lock belongs to the transaction, not to the session: behind a transaction pooler (pgbouncer, Supabase) the
    next transaction may have another session, and a session's lock would stay with the wrong one.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{LONGEST_WAIT}'")
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"search:{table}"])
        yield
