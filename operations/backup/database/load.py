"""Loads a dump into the empty database of the settings, and proves that all rows arrived."""

from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.conninfo import make_conninfo

from base.postgresql.owner import migrating
from operations.backup.database.ownership import connected_as_owner
from operations.backup.database.progress import Reporter
from operations.backup.database.snapshot import SCHEMA, count_rows, postgresql_version
from operations.backup.database.tools import find_tool, pour, running
from operations.backup.errors import BackupError
from operations.backup.files.backup_file import DUMP, BackupFile

# The role that restores owns everything, and grants what other roles may do. In one transaction, so that a restore
# that fails or is killed leaves an empty database, into which the next one can go.
OPTIONS = (
    *("--format=custom", "--no-owner", "--no-privileges", f"--schema={SCHEMA}"),
    *("--single-transaction", "--exit-on-error", "--verbose", "--no-password"),
)


def load(backup: BackupFile, *, reporter: Reporter) -> None:
    """Raises BackupError if pg_restore fails, or if a table does not have its number of rows afterwards."""
    # Policies name roles, which must exist before them; what the roles may do is granted after the tables exist.
    with migrating(), connected_as_owner() as owner:
        _load(backup, owner, reporter)


def _load(backup: BackupFile, owner: BaseDatabaseWrapper, reporter: Reporter) -> None:
    with owner.cursor() as cursor:
        server = postgresql_version(cursor)
    tool = find_tool("pg_restore", server=server, at_least=backup.manifest.pg_dump)
    parameters = owner.get_connection_params()
    database = f"--dbname={make_conninfo(dbname=parameters['dbname'])}"
    with (
        reporter.rows(backup.manifest.counts) as on_line,
        running(tool, *OPTIONS, database, parameters=parameters, on_line=on_line) as process,
    ):
        pour(backup.chunks(DUMP), process.stdin)
    with owner.cursor() as cursor:
        if count_rows(cursor) != backup.manifest.counts:
            raise BackupError("The restored tables do not have the rows of the backup. Do not use this database.")
        cursor.execute("ANALYZE")  # a dump has no statistics, and without them queries are planned badly
