"""How the tables are emptied after a test whose transactions are committed.

Django's `flush` also deletes content types and permissions, and creates them again, which takes three quarters of its
time. Here they stay, because they are the same for every test.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management.commands import flush
from django.db.backends.base.base import BaseDatabaseWrapper

KEPT = {"django_content_type", "auth_permission"}


@pytest.fixture(scope="session", autouse=True)
def short_flush() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flush, "sql_flush", _statements)
        patch.setattr(flush, "emit_post_migrate_signal", lambda *_: None)
        yield


def _statements(style: Any, connection: BaseDatabaseWrapper, **options: bool) -> list[str]:
    tables = set(connection.introspection.django_table_names(only_existing=True, include_views=False))
    return connection.ops.sql_flush(style, sorted(tables - KEPT), **options)
