"""How the tables are emptied after a test whose transactions are committed.

Django's `flush` truncates all of them, deletes the content types and permissions too, and creates these again. On a
busy machine that takes half a second. Here these two stay, because they are the same for every test, and the others are
deleted from: they have few rows, and a truncated table gets new files.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management.commands import flush
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.sql import SQL, Identifier

KEPT = {"django_content_type", "auth_permission"}


@pytest.fixture(scope="session", autouse=True)
def short_flush() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flush, "sql_flush", _statements)
        patch.setattr(flush, "emit_post_migrate_signal", lambda *_: None)
        yield


def _statements(style: Any, connection: BaseDatabaseWrapper, **options: bool) -> list[str]:
    tables = set(connection.introspection.django_table_names(only_existing=True, include_views=False))
    names = [Identifier(table) for table in sorted(tables - KEPT)]
    statements = (
        SQL("SET LOCAL session_replication_role = replica"),  # no foreign key is checked, so the order does not matter
        SQL("LOCK TABLE {}").format(SQL(", ").join(names)),  # late transactions end first, as TRUNCATE has it
        SQL("; ").join(SQL("DELETE FROM {}").format(name) for name in names),
    )
    return [statement.as_string() for statement in statements]
