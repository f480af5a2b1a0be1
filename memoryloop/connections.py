"""Database connections and how long they are kept."""

from django.db import connection


def give_back() -> None:
    """Return this thread's connection to the pool, where nobody waits for it in vain; not inside a transaction.

    For threads that go on to something slow. Django's own `close_old_connections` does it at the end of a request,
    and would break off an open transaction.
    """
    if not connection.in_atomic_block:
        connection.close()
