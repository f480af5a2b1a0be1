import pytest
from django.db import connection

from base.postgresql.owner import signed_in_as_owner
from search.sync.locks import builder_lock, writers_lock

pytestmark = pytest.mark.django_db(transaction=True)


def terminate_lock_holders() -> int:
    """End the connections that hold an advisory lock in the test's database. Returns how many there were."""
    with signed_in_as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 10000)"
            " FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database"
            " WHERE locktype = 'advisory' AND datname = current_database()"
        )
        return len(cursor.fetchall())


def test_only_one_builder_gets_the_lock_of_a_table() -> None:
    with builder_lock("messages") as first, builder_lock("messages") as second, builder_lock("flashcards") as other:
        assert (first, second, other) == (True, False, True)
    with builder_lock("messages") as again:
        assert again


def test_a_builder_does_not_block_writers() -> None:
    with builder_lock("messages"), writers_lock("messages"):
        assert connection.in_atomic_block


def test_a_builder_is_not_in_a_transaction() -> None:
    with builder_lock("messages"):
        assert not connection.in_atomic_block


def test_a_lost_connection_releases_the_lock_and_does_not_end_the_build() -> None:
    with builder_lock("messages") as first:
        assert first
        assert terminate_lock_holders() == 1
        with builder_lock("messages") as second:
            assert second
