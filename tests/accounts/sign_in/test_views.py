"""The page on which a user changes the email address. It is the only address of the account."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from tests.accounts.credentials import PASSWORD
from tests.factories import UserFactory

ADDRESS = "/accounts/email/"
NEW = {"email": "New@Example.org", "password": PASSWORD}


@pytest.fixture
def alice(db: None) -> User:
    return UserFactory(email="alice@example.org", password=PASSWORD)


@pytest.fixture
def victim(db: None) -> User:
    return UserFactory(email="victim@example.org", password="the victim's own secret")


@pytest.fixture
def window(alice: User) -> Client:
    client = Client()
    client.post(reverse("account_login"), {"login": alice.email, "password": PASSWORD})
    return client


def sign_in(email: str, password: str = PASSWORD) -> bool:
    return Client().post(reverse("account_login"), {"login": email, "password": password}).status_code == 302


def addresses(user: User) -> list[tuple[str, bool]]:
    return list(EmailAddress.objects.filter(user=user).values_list("email", "verified"))


def test_the_address_is_changed_with_the_password(alice: User, window: Client) -> None:
    EmailAddress.objects.update_or_create(user=alice, defaults={"email": alice.email, "verified": True})
    assert "alice@example.org" in window.get(ADDRESS).text
    assert window.post(ADDRESS, NEW).status_code == 302
    alice.refresh_from_db()
    assert alice.email == "new@example.org"
    assert addresses(alice) == [("new@example.org", False)]
    assert sign_in("new@example.org")
    assert not sign_in("alice@example.org")
    assert window.get(ADDRESS).status_code == 200


def test_the_old_address_is_notified(alice: User, window: Client) -> None:
    window.post(ADDRESS, NEW)
    [message] = mail.outbox
    assert message.to == ["alice@example.org"]
    assert "alice@example.org was changed to new@example.org" in message.body


def test_without_a_mail_server_the_address_is_changed_all_the_same(window: Client, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_PORT = 1  # nothing listens there
    assert window.post(ADDRESS, NEW).status_code == 302
    assert sign_in("new@example.org")


@pytest.mark.parametrize("form", [{**NEW, "password": "wrong"}, {**NEW, "email": "no address"}, {"email": "a@b.org"}])
def test_a_wrong_password_or_address_changes_nothing(form: dict[str, str], alice: User, window: Client) -> None:
    assert window.post(ADDRESS, form).status_code == 422
    alice.refresh_from_db()
    assert alice.email == "alice@example.org"


@pytest.mark.parametrize("email", ["victim@example.org", "VICTIM@example.org"])
def test_a_taken_address_is_refused_and_nothing_changes(email: str, alice: User, victim: User, window: Client) -> None:
    before = addresses(alice)
    response = window.post(ADDRESS, {**NEW, "email": email})
    assert response.status_code == 422
    assert "already an account" in response.text
    alice.refresh_from_db()
    assert (alice.email, addresses(alice)) == ("alice@example.org", before)
    assert sign_in(victim.email, "the victim's own secret")


@pytest.mark.parametrize("action", ["action_add", "action_primary", "action_send", "action_remove"])
def test_no_second_address_can_be_added(action: str, alice: User, victim: User, window: Client) -> None:
    assert window.post(ADDRESS, {action: "", "email": victim.email}).status_code == 422
    assert {email for email, _ in addresses(alice)} <= {"alice@example.org"}


def test_the_database_refuses_an_address_that_is_not_the_users(alice: User, victim: User) -> None:
    for email in ("victim@example.org", "Victim@example.org", "second@example.org"):
        with pytest.raises(IntegrityError), transaction.atomic():
            EmailAddress.objects.create(user=alice, email=email)


def test_the_address_follows_a_change_of_the_users_row(alice: User) -> None:
    EmailAddress.objects.create(user=alice, email=alice.email, primary=True)
    User.objects.update(email="operator-changed@example.org")
    assert addresses(alice) == [("operator-changed@example.org", False)]
    assert not sign_in("alice@example.org")


def test_a_reset_sends_one_mail_that_names_the_account(alice: User, victim: User, window: Client) -> None:
    window.post(ADDRESS, {"action_add": "", "email": victim.email})
    Client().post(reverse("account_reset_password"), {"email": victim.email})
    [message] = mail.outbox
    assert "account victim@example.org" in message.body
    found = re.search(r"/accounts/password/reset/key/([0-9a-f]{32})-", str(message.body))
    assert found is not None
    assert found[1] == victim.pk.hex


def test_the_password_cannot_be_guessed_on_this_page(window: Client) -> None:
    statuses = [window.post(ADDRESS, {**NEW, "password": "wrong"}).status_code for _ in range(12)]
    assert statuses == [422] * 10 + [429] * 2
