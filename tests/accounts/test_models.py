"""How accounts are stored."""

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from accounts.models import User
from base.postgresql.owner import migrating


@pytest.mark.django_db
def test_an_email_address_is_stored_in_lower_case() -> None:
    user = User.objects.create_user("Alice@Example.org", "x")
    assert User.objects.get(email="alice@example.org") == user


@pytest.mark.django_db(transaction=True)
def test_the_migration_to_one_address_keeps_that_of_the_users_row(
    alice: User, mallory: User, caplog: pytest.LogCaptureFixture
) -> None:
    migrate_to("0004_api_token_expires_at")
    try:
        User.objects.filter(pk=alice.pk).update(email="Alice@Example.org")
        for user, email, primary in (
            (alice, "alice@example.org", False),
            (alice, "ALICE@example.org", True),
            (alice, "second@example.org", False),
            (mallory, "alice@example.org", True),
            (mallory, "Mallory@example.org", False),
        ):
            EmailAddress.objects.create(user=user, email=email, primary=primary)
    finally:
        migrate_to("0006_row_level_security")
    kept = EmailAddress.objects.order_by("email").values_list("user__email", "email", "primary")
    assert list(kept) == [
        ("alice@example.org", "alice@example.org", True),
        ("mallory@example.org", "mallory@example.org", True),
    ]
    assert "3 further email addresses" in caplog.text


def migrate_to(migration: str) -> None:
    with migrating():
        MigrationExecutor(connection).migrate([("accounts", migration)])
