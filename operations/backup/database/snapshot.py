"""One moment of the database, which the dump and the counts share."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from django.db import Error
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

from operations.backup.database.ownership import connected_as_owner

SCHEMA = "public"  # the only one that MemoryLoop uses; hosted servers such as Supabase have their own beside it


@dataclass(frozen=True)
class Snapshot:
    """`token` lets pg_dump see the same rows as the counts. `server` identifies the database."""

    token: str
    parameters: Mapping[str, Any]
    postgresql: int
    server: str
    migrations: Mapping[str, list[str]]
    counts: Mapping[str, int]


@contextmanager
def take_snapshot() -> Iterator[Snapshot]:
    """The snapshot lasts as long as the block. Writers are not delayed."""
    with connected_as_owner() as holder:
        holder.set_autocommit(False)
        try:
            with holder.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
                cursor.execute("SET LOCAL statement_timeout = 0")
                yield _describe(cursor, holder)
        finally:
            with suppress(Error):  # the connection may be lost
                holder.rollback()


def count_rows(cursor: Any) -> dict[str, int]:
    """The number of rows of each table."""
    counts = {}
    for table in tables(cursor):
        cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(SCHEMA, table)))
        [counts[table]] = cursor.fetchone()
    return counts


def tables(cursor: Any) -> list[str]:
    cursor.execute(
        "SELECT relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace "
        "WHERE nspname = %s AND relkind = 'r' ORDER BY relname",
        [SCHEMA],
    )
    return [name for (name,) in cursor.fetchall()]


def postgresql_version(cursor: Any) -> int:
    """The server's major version."""
    cursor.execute("SHOW server_version_num")
    return int(cursor.fetchone()[0]) // 10_000


def _describe(cursor: Any, holder: BaseDatabaseWrapper) -> Snapshot:
    cursor.execute("SELECT pg_export_snapshot(), system_identifier, current_database() FROM pg_control_system()")
    token, system, database = cursor.fetchone()
    cursor.execute("SELECT app, name FROM django_migrations ORDER BY id")
    migrations: dict[str, list[str]] = defaultdict(list)
    for app, name in cursor.fetchall():
        migrations[app].append(name)
    parameters = holder.get_connection_params()
    return Snapshot(
        token, parameters, postgresql_version(cursor), f"{system}/{database}", dict(migrations), count_rows(cursor)
    )
