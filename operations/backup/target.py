"""Where a backup is restored to: an empty database of the embedded server or of one's own. Nothing is overwritten."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection

from base.configuration import environment
from operations.backup.database.ownership import connected_as_owner
from operations.backup.database.snapshot import tables
from operations.backup.errors import BackupError
from operations.up.orphans import stop_orphaned_processes
from operations.up.preflight import lock_data_directory
from operations.up.servers import start_postgres


@contextmanager
def empty_database() -> Iterator[None]:
    """The database of the settings; the embedded server runs during the block. Raises BackupError if it has data.

    Raises StartupError while MemoryLoop runs on DATA_DIR, and ServerStartError.
    """
    with lock_data_directory(settings.DATA_DIR):
        if environment.text("DATABASE_URL", default=""):
            _refuse_data("The database at DATABASE_URL", "Create an empty one, and set DATABASE_URL to it.")
            yield
            return
        stop_orphaned_processes(settings.DATA_DIR)
        server = start_postgres(settings.DATA_DIR)
        try:
            _refuse_data(f"The database in {settings.DATA_DIR}", "Choose an empty directory with --data-dir.")
            yield
        finally:
            connection.close()
            server.stop()


def _refuse_data(database: str, advice: str) -> None:
    with connected_as_owner() as owner, owner.cursor() as cursor:
        found = tables(cursor)
    if found:
        raise BackupError(f"{database} already has {len(found)} tables, and a restore overwrites nothing. {advice}")
