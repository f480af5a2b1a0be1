"""The database backend tells PostgreSQL with each statement for whom the program acts, and never for whom it acted."""

import tempfile
from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

import pytest
from django.db import DataError, NotSupportedError, ProgrammingError, connection, transaction
from psycopg.sql import SQL, Identifier

from accounts.models import User
from base.postgresql.acting import NOBODY, acting_as, acting_for, acting_for_all_users, acting_for_sign_in
from base.postgresql.roles import APP, MAINTENANCE, SIGN_IN
from tests.factories import UserFactory

ME = UUID("0194b7f0-0000-7000-8000-000000000001")
OTHER = UUID("0194b7f0-0000-7000-8000-000000000002")
Actor = tuple[str, str]

# Each test runs once between transactions, where each statement is one of its own, and once inside of one.
MODES = [
    pytest.param(False, marks=pytest.mark.django_db(transaction=True), id="between-transactions"),
    pytest.param(True, marks=pytest.mark.django_db, id="in-a-transaction"),
]


def who() -> Actor:
    """The role and the user for whom PostgreSQL runs a statement now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, coalesce(current_setting('app.user_id', true), '')")
        role, user = cursor.fetchone()
        return role, user


def sent_by(call: Callable[[], object]) -> list[str]:
    """The texts that `call` sends to PostgreSQL, one for each round trip."""
    connection.ensure_connection()
    with tempfile.NamedTemporaryFile("r+") as trace:
        connection.connection.pgconn.trace(trace.fileno())
        try:
            call()
        finally:
            connection.connection.pgconn.untrace()
        trace.seek(0)
        return [line.partition("Query")[2].strip() for line in trace if "\tF\t" in line and "Query" in line]


@pytest.mark.parametrize("in_transaction", MODES)
def test_postgresql_knows_for_whom_the_program_acts(in_transaction: bool) -> None:
    with acting_as(NOBODY):
        assert who() == (APP, "")
        with acting_for(ME):
            assert who() == (APP, str(ME))
            with acting_for(OTHER):
                assert who() == (APP, str(OTHER))
            assert who() == (APP, str(ME))
            with acting_for_all_users("test"):
                assert who() == (MAINTENANCE, "")
            with acting_for_sign_in("test"):
                assert who() == (SIGN_IN, "")
            with acting_for(None):
                assert who() == (APP, "")
            assert who() == (APP, str(ME))
        assert who() == (APP, "")


@pytest.mark.django_db(transaction=True)
def test_nothing_is_left_on_the_connection_after_a_transaction() -> None:
    with acting_for(ME):
        assert who() == (APP, str(ME))
        with transaction.atomic():
            assert who() == (APP, str(ME))
        with transaction.atomic():
            assert who() == (APP, str(ME))
    with acting_for_all_users("test"):
        who()
    with acting_as(NOBODY):
        assert who() == (APP, "")
    with acting_for(ME), pytest.raises(ProgrammingError), transaction.atomic():
        connection.cursor().execute("SELECT nonsense")
    with acting_as(NOBODY), transaction.atomic():
        assert who() == (APP, "")


@pytest.mark.parametrize("in_transaction", MODES)
def test_a_savepoint_that_is_rolled_back_leaves_the_right_user(in_transaction: bool) -> None:
    with acting_for(ME), transaction.atomic():
        savepoint = transaction.savepoint()
        with acting_for(OTHER):
            assert who() == (APP, str(OTHER))
            transaction.savepoint_rollback(savepoint)  # and with it what PostgreSQL was told since
            assert who() == (APP, str(OTHER))
        assert who() == (APP, str(ME))
        with transaction.atomic(), acting_for(OTHER):
            assert who() == (APP, str(OTHER))  # kept when the savepoint is released
        assert who() == (APP, str(ME))


@pytest.mark.parametrize("in_transaction", MODES)
def test_a_savepoint_is_rolled_back_after_an_error_while_acting_for_another_user(in_transaction: bool) -> None:
    with acting_for(ME), transaction.atomic():
        savepoint = transaction.savepoint()
        with pytest.raises(DataError), acting_for_sign_in("test"), connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")
        with acting_for(OTHER):  # nobody has told PostgreSQL, which accepts nothing but the rollback
            transaction.savepoint_rollback(savepoint)
            assert who() == (APP, str(OTHER))
        assert who() == (APP, str(ME))


@pytest.mark.parametrize("in_transaction", MODES)
def test_every_form_of_a_query_keeps_its_parameters_and_results(in_transaction: bool) -> None:
    with acting_for(ME), connection.cursor() as cursor:
        forms: list[tuple[Any, Any]] = [
            ("SELECT '100%%', %s", ["a"]),
            ("SELECT '100%%', %s", ("a",)),
            ("SELECT '100%%', %(x)s", {"x": "a"}),
            (SQL("SELECT '100%%', {}").format("a"), ()),
            ("SELECT '100%', 'a'", None),
            (b"SELECT '100%', 'a'", None),
        ]
        for query, params in forms:
            with acting_for(OTHER):
                cursor.execute(query, params)
            assert cursor.fetchall() == [("100%", "a")]
            assert cursor.rowcount == 1
            assert [column.name for column in cursor.description] == ["?column?", "?column?"]
        cursor.execute(SQL("SELECT 1 AS {}").format(Identifier("ünï")))
        assert cursor.description[0].name == "ünï"


@pytest.mark.django_db(transaction=True)
def test_it_costs_no_round_trip() -> None:
    with acting_for(ME):
        [text] = sent_by(who)
        assert "SET LOCAL app.user_id" in text
        assert "SELECT current_user" in text


@pytest.mark.django_db(transaction=True)
def test_postgresql_is_told_once_in_a_transaction() -> None:
    def transaction_of_three() -> None:
        with transaction.atomic():
            for _ in range(3):
                who()

    with acting_for(ME):
        texts = sent_by(transaction_of_three)
    assert ["SET LOCAL" in text for text in texts if "SELECT current_user" in text] == [True, False, False]


@pytest.mark.django_db(transaction=True)
def test_methods_that_send_several_messages_need_a_transaction() -> None:
    with acting_for(ME), connection.cursor() as cursor:
        for method in ("executemany", "stream", "copy"):
            with pytest.raises(NotSupportedError, match=f"{method} needs a transaction"):
                list(getattr(cursor.cursor, method)("SELECT %s", [[1]]) or [])
        with transaction.atomic():
            cursor.executemany("SELECT set_config('app.test', current_setting('app.user_id') || %s, true)", [["!"]])
            cursor.execute("SELECT current_setting('app.test')")
            assert cursor.fetchone() == (f"{ME}!",)
            with cursor.copy("COPY (SELECT current_setting('app.user_id')) TO STDOUT") as copy:
                assert list(copy.rows()) == [(str(ME),)]
            with pytest.raises(NotSupportedError, match="Server-side cursors"):
                connection.chunked_cursor()


@pytest.mark.django_db(transaction=True)
def test_rows_are_read_in_chunks_for_the_right_user() -> None:
    me, other = UserFactory(), UserFactory()
    with acting_for(me.pk):
        assert list(User.objects.iterator()) == [me]
    with acting_for(other.pk):
        assert list(User.objects.iterator(chunk_size=1)) == [other]


@pytest.mark.django_db(transaction=True)
def test_a_parameter_that_cannot_be_sent_changes_nothing() -> None:
    with acting_for(ME), transaction.atomic():
        with pytest.raises(Exception, match="adapt"), connection.cursor() as cursor:
            cursor.execute("SELECT %s", [cast(Any, object())])
        assert who() == (APP, str(ME))


def test_the_id_of_a_user_is_never_text() -> None:
    with pytest.raises(TypeError), acting_for(cast(UUID, "'; DROP TABLE chat_message; --")):
        pass
