"""The role in PostgreSQL that owns the tables. Only it sees all rows, which a backup needs, and creates tables."""

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper


def owner_connection() -> BaseDatabaseWrapper:
    """A connection of its own as the owner, which is the role of DATABASE_URL. Close it.

    pg_dump and pg_restore sign in with its parameters.
    """
    return connection.copy()
