"""The admin pages of users, and of the rows that belong to them."""

from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from accounts.models import ApiToken, User
from search.models import OutboxEntry
from tests.accounts.credentials import PASSWORD, AuthenticatorApp
from tests.factories import ApiTokenFactory, CardFactory, MessageFactory, ReviewFactory, UserFactory

PROJECT_APPS = ("accounts", "providers", "search", "chat", "flashcards", "quiz")


@pytest.fixture
def operator(db: None, client_of: Callable[[User], Client]) -> Client:
    return client_of(UserFactory(email="operator@example.org", is_staff=True, is_superuser=True))


def test_the_operator_creates_an_account_by_email(operator: Client) -> None:
    form = {
        "email": "New@Example.org",
        "name": "",
        "usable_password": "true",
        "password1": PASSWORD,
        "password2": PASSWORD,
    }
    assert operator.post(reverse("admin:accounts_user_add"), form).status_code == 302
    assert User.objects.get(email="new@example.org").check_password(PASSWORD)


def test_the_operator_suspends_a_user(operator: Client, alice: User) -> None:
    url = reverse("admin:accounts_user_change", args=[alice.pk])
    assert operator.get(url).status_code == 200
    assert operator.post(url, {"email": "Alice@example.org", "name": "Alice"}).status_code == 302
    alice.refresh_from_db()
    assert (alice.email, alice.is_active) == ("alice@example.org", False)


def test_an_account_deleted_by_the_operator_is_removed_from_the_index_too(operator: Client, alice: User) -> None:
    assert operator.post(reverse("admin:accounts_user_delete", args=[alice.pk]), {"post": "yes"}).status_code == 302
    assert OutboxEntry.objects.filter(owner_id=alice.pk, entity_id=None).exists()

    mallory = UserFactory()
    form = {"action": "delete_selected", "_selected_action": [str(mallory.pk)], "post": "yes"}
    assert operator.post(reverse("admin:accounts_user_changelist"), form).status_code == 302
    assert OutboxEntry.objects.filter(owner_id=mallory.pk, entity_id=None).exists()
    assert not User.objects.filter(pk__in=[alice.pk, mallory.pk]).exists()


def test_the_digest_of_a_token_is_not_shown(operator: Client, alice: User) -> None:
    token = ApiTokenFactory(owner=alice)
    for url in (
        reverse("admin:accounts_apitoken_changelist"),
        reverse("admin:accounts_apitoken_change", args=[token.pk]),
    ):
        response = operator.get(url)
        assert response.status_code == 200
        assert token.digest not in response.text
    assert operator.post(reverse("admin:accounts_apitoken_change", args=[token.pk]), {"name": "x"}).status_code == 403
    assert ApiToken.objects.get().name == token.name


def test_the_secret_of_a_second_factor_is_not_shown(operator: Client, alice: User) -> None:
    app = AuthenticatorApp.of(alice)
    authenticator = Authenticator.objects.get(user=alice)
    response = operator.get(reverse("admin:mfa_authenticator_change", args=[authenticator.pk]))
    assert response.status_code == 200
    assert app.secret not in response.text
    assert str(authenticator.data["secret"]) not in response.text


def test_every_model_of_the_project_is_registered() -> None:
    models = {model for app in PROJECT_APPS for model in apps.get_app_config(app).get_models()}
    assert models - admin.site._registry.keys() == set()


def test_what_users_wrote_can_be_viewed_and_not_changed(operator: Client, alice: User) -> None:
    message = MessageFactory(conversation__owner=alice)
    rows: list[Model] = [message, message.conversation, CardFactory(owner=alice), ReviewFactory()]
    for row in rows:
        url = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
        assert operator.get(url).status_code == 200
        assert operator.post(url, {"content": "forged", "question": "forged", "rating": 4}).status_code == 403


@pytest.mark.parametrize("model", sorted(admin.site._registry, key=str), ids=str)
def test_each_list_opens(model: type[Model], operator: Client) -> None:
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    assert operator.get(url).status_code == 200
    assert operator.get(url, {"q": "a'b"}).status_code == 200
