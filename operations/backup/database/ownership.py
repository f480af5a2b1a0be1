"""The role in PostgreSQL that owns the tables. Only it sees all rows, which a backup needs, and creates tables."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper


@contextmanager
def owner_connection() -> Iterator[BaseDatabaseWrapper]:
    """A connection of its own as the owner, which is the role of DATABASE_URL.

    pg_dump and pg_restore sign in with its parameters.
    """
    owner = connection.copy()
    try:
        yield owner
    finally:
        owner.close()
