"""A lock that only one process on all hosts holds.

It belongs to a transaction, not to a session: behind a transaction pooler (pgbouncer, Supabase) the next transaction
may run on another session, and a session's lock would stay with the wrong one.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import Error, connection


@contextmanager
def only_holder(name: str) -> Iterator[bool]:
    """Whether this block is the only one that holds the lock of this name. Never waits.

    The block may take minutes and is not one transaction, so the lock has its own connection. Its transaction stays
    idle: without a snapshot it does not hold back vacuum. It ends when the process dies.
    """
    holder = connection.copy()
    try:
        holder.set_autocommit(False)
        with holder.cursor() as cursor:
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [name])
            [acquired] = cursor.fetchone()
        yield acquired
    finally:
        with suppress(Error):  # the connection may be lost, and the lock with it
            holder.rollback()
        holder.close()
