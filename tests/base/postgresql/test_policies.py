"""Every table with an owner has policies, and they cost no index."""

from collections.abc import Callable, Iterator
from functools import partial
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import ForeignKey, Model, QuerySet
from psycopg.errors import InsufficientPrivilege

from accounts.models import User
from base.postgresql.acting import NOBODY, Actor, acting_as, acting_for, acting_for_sign_in
from base.postgresql.roles import APP, MAINTENANCE, SIGN_IN
from chat.models import Message
from flashcards.models import Card
from search.models import OutboxEntry
from tests.factories import CardFactory, ConversationFactory, MessageFactory, ReviewFactory

pytestmark = pytest.mark.django_db

# Tables whose rows belong to no user, each with the reason.
WITHOUT_POLICIES = {
    "django_session": "a session is found by its secret key before its user is known",
    "accounts_rate_limits": "counts failures by IP address and by hashes of email addresses",
    "operations_backup": "backups of the whole server",
    "search_indextable": "describes LanceDB's tables, which hold the rows of all users",
    "auth_group": "permissions of staff, which name no user",
    "auth_group_permissions": "permissions of staff, which name no user",
    "auth_permission": "permissions of staff, which name no user",
    "django_content_type": "names of models",
    "django_migrations": "names of migrations",
}
# Their rows belong to the user in this column, or to the owner of the row that it refers to.
OWNER_COLUMNS = {"accounts_user": "id", "account_emailconfirmation": "email_address_id"}
ACCOUNTS = {
    *("accounts_user", "accounts_apitoken", "accounts_user_groups", "accounts_user_user_permissions"),
    *("account_emailaddress", "account_emailconfirmation", "mfa_authenticator", "usersessions_usersession"),
}


def models() -> Iterator[type[Model]]:
    yield from apps.get_models(include_auto_created=True)
    yield MigrationRecorder.Migration


def owner_column(model: type[Model]) -> str | None:
    if model._meta.db_table in OWNER_COLUMNS:
        return OWNER_COLUMNS[model._meta.db_table]
    for field in model._meta.concrete_fields:
        refers_to_user = isinstance(field, ForeignKey) and field.related_model is User
        if refers_to_user or field.column == "owner_id":
            return str(field.column)
    return None


def policies() -> dict[str, dict[str, tuple[str, str | None]]]:
    """For each table with enabled row-level security, the conditions by role: (rows to see, rows to write)."""
    found: dict[str, dict[str, tuple[str, str | None]]] = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relrowsecurity")
        found = {table: {} for (table,) in cursor.fetchall()}
        cursor.execute("SELECT tablename, roles[1], qual, with_check FROM pg_policies WHERE cmd = 'ALL'")
        for table, role, qual, with_check in cursor.fetchall():
            found[table][role] = (qual, with_check)
    return found


def test_every_model_with_an_owner_has_policies_in_the_database() -> None:
    found = policies()
    for model in models():
        table, column = model._meta.db_table, owner_column(model)
        if column is None:
            assert table in WITHOUT_POLICIES, f"{table} needs policies in a migration, or a reason here"
            continue
        conditions = found[table]
        assert column in conditions[APP][0], table
        assert "app.user_id" in conditions[APP][0] or table in OWNER_COLUMNS
        assert set(conditions) == {APP, MAINTENANCE, *([SIGN_IN] if table in ACCOUNTS else [])}, table
        assert conditions[APP][1] is None, "without a condition for writing, that for reading applies"


def test_every_table_of_the_database_has_policies_or_a_reason() -> None:
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
    assert tables - set(policies()) == set(WITHOUT_POLICIES)


def test_the_program_owns_nothing_and_bypasses_nothing() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolname, rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolinherit AND rolcanlogin"
            " FROM pg_roles WHERE rolname LIKE 'memoryloop%'"
        )
        assert dict(cursor.fetchall()) == {APP: False, MAINTENANCE: False, SIGN_IN: False}
        cursor.execute("SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) LIKE 'memoryloop%'")
        assert cursor.fetchone() == (0,)


def test_another_users_rows_are_invisible_whatever_the_query(alice: User, mallory: User) -> None:
    MessageFactory(conversation__owner=alice)
    ReviewFactory(card__owner=alice)
    for owner, count in ((alice.pk, 1), (mallory.pk, 0), (None, 0)):
        with acting_for(owner), connection.cursor() as cursor:
            assert Message.objects.all().count() == count
            assert Card.objects.filter(owner=alice).count() == count
            cursor.execute("SELECT count(*) FROM chat_message NATURAL FULL JOIN quiz_review")
            assert cursor.fetchone()[0] == 2 * count
            cursor.execute("SELECT EXISTS (SELECT FROM search_outboxentry)")
            assert cursor.fetchone()[0] == bool(count)
            cursor.execute("SELECT email FROM accounts_user")
            assert cursor.fetchall() == ([(User.objects.get().email,)] if owner else [])


def test_another_users_rows_cannot_be_changed_or_deleted(alice: User, mallory: User) -> None:
    card = CardFactory(owner=alice, question="Alice's?")
    with acting_for(mallory.pk):
        assert Card.objects.filter(pk=card.pk).update(question="Mallory's!") == 0
        assert Card.objects.all().delete() == (0, {})
        assert not Card.objects.select_for_update().filter(pk=card.pk).exists()
    card.refresh_from_db()
    assert card.question == "Alice's?"


def test_postgresql_refuses_to_write_a_row_of_another_user(alice: User, mallory: User) -> None:
    conversation = ConversationFactory(owner=alice)
    writes: list[Callable[[], object]] = [
        lambda: CardFactory(owner=alice),
        lambda: MessageFactory(conversation=conversation),
        lambda: OutboxEntry.objects.create(table="messages", owner_id=alice.pk, entity_id=uuid4()),
        lambda: User.objects.create_user("third@example.org"),
    ]
    for owner_id in (mallory.pk, None):
        for write in writes:
            with acting_for(owner_id):
                assert_refused(write)


def test_a_user_cannot_give_a_row_to_another(alice: User, mallory: User) -> None:
    card = CardFactory(owner=mallory)
    with acting_for(mallory.pk):
        assert_refused(lambda: Card.objects.filter(pk=card.pk).update(owner=alice))


def assert_refused(write: Callable[[], object]) -> None:
    with pytest.raises(ProgrammingError) as caught, transaction.atomic():
        write()
    assert isinstance(caught.value.__cause__, InsufficientPrivilege)


def test_a_visitor_who_signs_in_sees_accounts_and_nothing_else(alice: User) -> None:
    MessageFactory(conversation__owner=alice)
    with acting_for_sign_in("test"):
        assert User.objects.filter(email=alice.email).exists()
        assert not Message.objects.exists()
        assert not OutboxEntry.objects.exists()


@pytest.mark.parametrize("actor", [NOBODY, Actor(role=MAINTENANCE)], ids=["nobody", "all users"])
def test_the_program_cannot_empty_or_change_tables(actor: Actor) -> None:
    for statement in ("TRUNCATE chat_message CASCADE", "ALTER TABLE chat_message DISABLE ROW LEVEL SECURITY"):
        with acting_as(actor), connection.cursor() as cursor:
            assert_refused(partial(cursor.execute, statement))


def plan(rows: "QuerySet[Card]", owner: User) -> str:
    with acting_for(owner.pk), connection.cursor() as cursor:
        # This table is nearly empty, where reading all of it costs least.
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        return str(rows.explain())


def test_policies_use_the_indexes_of_queries(alice: User) -> None:
    due = Card.objects.filter(deleted_at=None, state="review", status__in=["active", "buried"]).order_by("due", "id")
    asked = plan(due.filter(owner=alice), alice)
    assert "Index Scan using card_due on flashcards_card" in asked
    assert f"Index Cond: (owner_id = '{alice.pk}'::uuid)" in asked
    assert "One-Time Filter" in asked  # both conditions on the owner have become one
    assert "Sort" not in asked
    forgotten = plan(due, alice)
    assert "Index Scan using card_due on flashcards_card" in forgotten
    assert "Index Cond: (owner_id = (NULLIF(current_setting('app.user_id'" in forgotten
