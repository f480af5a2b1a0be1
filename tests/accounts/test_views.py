"""The settings pages of the account."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.http import StreamingHttpResponse
from django.test import AsyncClient, Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import ApiToken, User
from base.navigation import settings_links
from chat.models import Conversation, Message
from flashcards.models import Card
from quiz.models import Review, ReviewSettings
from search.models import OutboxEntry
from tests.api import ApiClient
from tests.factories import ApiTokenFactory, CardFactory, ConversationFactory, MessageFactory, ReviewFactory

PASSWORD = "correct horse battery"
ClientFactory = Callable[[User], Client]


@pytest.mark.parametrize("name", ["settings", "profile", "tokens", "data"])
def test_each_page_opens(name: str, alice: User, client_of: ClientFactory) -> None:
    response = client_of(alice).get(reverse(f"accounts:{name}"))
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", ["settings", "profile", "tokens", "data"])
def test_each_page_redirects_to_sign_in(name: str, db: None) -> None:
    response = Client().get(reverse(f"accounts:{name}"))
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")


def test_the_settings_page_lists_the_links_of_every_app(alice: User, client_of: ClientFactory) -> None:
    html = client_of(alice).get(reverse("accounts:settings")).text
    for link in settings_links():
        assert (f'href="{reverse(link.url_name)}"' in html) == (not link.staff_only), link.url_name


def test_the_settings_page_shows_the_administration_to_staff(alice: User, client_of: ClientFactory) -> None:
    User.objects.update(is_staff=True)
    assert f'href="{reverse("admin:index")}"' in client_of(alice).get(reverse("accounts:settings")).text


def test_only_the_name_is_saved(alice: User, client_of: ClientFactory) -> None:
    before = User.objects.values("email", "is_staff", "is_superuser").get()
    form = {"name": "Alice L.", "email": "root@example.org", "is_staff": "on", "is_superuser": "on"}
    assert client_of(alice).post(reverse("accounts:profile"), form).status_code == 302
    assert User.objects.get().name == "Alice L."
    assert User.objects.values("email", "is_staff", "is_superuser").get() == before


def test_a_name_that_is_too_long_gives_422(alice: User, client_of: ClientFactory) -> None:
    assert client_of(alice).post(reverse("accounts:profile"), {"name": "a" * 151}).status_code == 422


def test_a_new_token_is_shown_once_and_works(
    alice: User, client_of: ClientFactory, api_with: Callable[[str], ApiClient]
) -> None:
    client = client_of(alice)
    response = client.post(reverse("accounts:tokens"), {"name": "Script", "scopes": ["read"]})
    assert response.status_code == 201
    secret = response.context["secret"]
    assert secret in response.text
    assert api_with(secret).get("/auth/me").status == 200
    assert secret not in client.get(reverse("accounts:tokens")).text


def test_a_token_without_a_name_gives_422(alice: User, client_of: ClientFactory) -> None:
    assert client_of(alice).post(reverse("accounts:tokens"), {"scopes": ["read"]}).status_code == 422
    assert not ApiToken.objects.exists()


def test_a_token_with_a_last_day_works_until_the_end_of_that_day(alice: User, client_of: ClientFactory) -> None:
    today = timezone.now().date()
    client, form = client_of(alice), {"name": "Script", "scopes": ["read"]}
    assert client.post(reverse("accounts:tokens"), {**form, "expires_at": str(today)}).status_code == 201
    expires_at = ApiToken.objects.get().expires_at
    assert expires_at is not None
    assert expires_at == datetime.combine(today + timedelta(days=1), time.min, tzinfo=UTC)
    assert "expires" in client.get(reverse("accounts:tokens")).text
    ApiToken.objects.update(expires_at=timezone.now())
    assert "Expired" in client.get(reverse("accounts:tokens")).text


@pytest.mark.parametrize("day", ["2020-01-01", "9999-12-31", "soon"])
def test_a_last_day_out_of_range_is_a_422(day: str, alice: User, client_of: ClientFactory) -> None:
    form = {"name": "Script", "scopes": ["read"], "expires_at": day}
    assert client_of(alice).post(reverse("accounts:tokens"), form).status_code == 422
    assert not ApiToken.objects.exists()


def test_a_token_is_revoked(alice: User, client_of: ClientFactory) -> None:
    token = ApiTokenFactory(owner=alice)
    assert client_of(alice).post(reverse("accounts:token-revoke", args=[token.pk])).status_code == 302
    assert not ApiToken.objects.exists()


def test_a_stranger_cannot_revoke_a_token(alice: User, mallory: User, client_of: ClientFactory) -> None:
    token = ApiTokenFactory(owner=alice)
    assert client_of(mallory).post(reverse("accounts:token-revoke", args=[token.pk])).status_code == 404
    assert ApiToken.objects.exists()


def exported(user: User) -> dict[str, Any]:
    """The user's export, read chunk by chunk as a web server reads it."""

    async def read() -> bytes:
        client = AsyncClient()
        await client.aforce_login(user, "allauth.account.auth_backends.AuthenticationBackend")
        response = await client.post(reverse("accounts:data-export"))
        assert isinstance(response, StreamingHttpResponse)
        assert "attachment" in response["Content-Disposition"]
        return b"".join([chunk async for chunk in response])

    document: dict[str, Any] = json.loads(async_to_sync(read)())
    return document


def test_the_export_has_all_of_the_users_data_and_no_secrets(alice: User, mallory: User) -> None:
    conversation = ConversationFactory(owner=alice, title="Cells")
    message = MessageFactory(conversation=conversation, content="Größe 😀")
    review = ReviewFactory(card=CardFactory(owner=alice, question="What makes ATP?"))
    token = ApiTokenFactory(owner=alice, name="Script")
    MessageFactory(conversation__owner=mallory, content="Mallory's")

    document = exported(alice)

    assert document["account"]["email"] == "alice@example.org"
    assert [row["title"] for row in document["conversations"]] == ["Cells"]
    assert [(row["id"], row["content"]) for row in document["messages"]] == [(str(message.pk), "Größe 😀")]
    assert [row["question"] for row in document["cards"]] == ["What makes ATP?"]
    assert [row["id"] for row in document["reviews"]] == [str(review.pk)]
    text = json.dumps(document)
    assert "Mallory" not in text
    assert token.digest not in text
    assert alice.password not in text


def test_the_export_holds_the_users_review_settings(alice: User, mallory: User) -> None:
    ReviewSettings.objects.create(owner=alice, new_per_day=7, time_zone="Europe/Berlin")
    ReviewSettings.objects.create(owner=mallory)
    [row] = exported(alice)["review_settings"]
    assert (row["new_per_day"], row["time_zone"], row["learning_steps"]) == (7, "Europe/Berlin", [60, 600])
    assert not {"id", "owner_id", "key"} & set(row)


def test_a_long_export_is_complete(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.personal_data_export.BATCH_SIZE", 3)
    conversations = ConversationFactory.create_batch(8, owner=alice)
    assert [row["id"] for row in exported(alice)["conversations"]] == [str(row.pk) for row in conversations]


def create_rows(owner: User) -> None:
    message = MessageFactory(conversation__owner=owner)
    ReviewFactory(card=CardFactory(owner=owner, message=message))
    ApiTokenFactory(owner=owner)


@pytest.mark.django_db(transaction=True)
def test_deleting_the_account_deletes_only_its_own_data(alice: User, mallory: User, client_of: ClientFactory) -> None:
    alice.set_password(PASSWORD)
    alice.save()
    create_rows(alice)
    create_rows(mallory)
    client, other_client = client_of(alice), client_of(alice)
    OutboxEntry.objects.all().delete()

    assert client.post(reverse("accounts:account-delete"), {"password": PASSWORD}).status_code == 302

    assert list(User.objects.all()) == [mallory]
    for model in (Conversation, Message, Card, Review, ApiToken):
        assert model.objects.count() == 1
    deleted = OutboxEntry.objects.filter(owner_id=alice.pk, entity_id=None).values_list("table", flat=True)
    assert "messages" in deleted
    assert other_client.get(reverse("accounts:settings")).status_code == 302


def test_deleting_the_account_requires_the_password(alice: User, client_of: ClientFactory) -> None:
    alice.set_password(PASSWORD)
    alice.save()
    client = client_of(alice)
    assert client.post(reverse("accounts:account-delete"), {"password": "wrong"}).status_code == 422
    assert User.objects.filter(pk=alice.pk).exists()


def test_the_password_cannot_be_guessed_by_deleting_the_account(alice: User, client_of: ClientFactory) -> None:
    client = client_of(alice)
    statuses = [
        client.post(
            reverse("accounts:account-delete"), {"password": "wrong"}, headers={"accept": "text/html"}
        ).status_code
        for _ in range(12)
    ]
    assert statuses == [422] * 10 + [429] * 2
