"""The role in PostgreSQL that owns the tables. Only it sees all rows, which a backup needs, and creates tables."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from base.postgresql.owner import signed_in_as_owner
from operations.backup.errors import BackupError


@contextmanager
def connected_as_owner() -> Iterator[BaseDatabaseWrapper]:
    """A connection of its own as the owner, which this thread uses during the block.

    pg_dump and pg_restore sign in with its parameters. Raises BackupError without DATABASE_OWNER_URL.
    """
    if not connection.settings_dict["OWNER"]:
        raise BackupError("Set DATABASE_OWNER_URL: only the owner of the tables can back up and restore the database.")
    with signed_in_as_owner():
        yield connections["default"]
