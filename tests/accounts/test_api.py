"""API tokens, managed through the API."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import ApiToken, User
from tests.accounts.credentials import PASSWORD
from tests.api import ApiClient
from tests.factories import ApiTokenFactory

Apis = Callable[[User], ApiClient]


def test_a_token_is_shown_once(alice: User, api_of: Apis, api_with: Callable[[str], ApiClient]) -> None:
    api = api_of(alice)
    created = api.post("/auth/tokens", {"name": "Script"})
    assert created.status == 201
    assert created.body["scopes"] == ["read", "write"]
    assert api_with(created.body["token"]).get("/auth/me").status == 200
    listed = api.get("/auth/tokens").body["items"]
    assert [row["id"] for row in listed] == [created.body["id"]]
    assert created.body["token"] not in str(listed)
    assert "digest" not in listed[0]


def test_tokens_are_listed_by_page_newest_first(alice: User, api_of: Apis) -> None:
    tokens = [ApiTokenFactory(owner=alice, name=f"Token {number}") for number in range(5)]
    api, seen, cursor = api_of(alice), [], None
    while True:
        page = api.get("/auth/tokens", limit=2, **({"cursor": cursor} if cursor else {})).body
        seen += [row["name"] for row in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == [token.name for token in reversed(tokens)]


def test_a_token_is_revoked(alice: User, api_of: Apis) -> None:
    token = ApiTokenFactory(owner=alice)
    assert api_of(alice).delete(f"/auth/tokens/{token.pk}").status == 204
    assert not ApiToken.objects.exists()


def test_a_stranger_neither_sees_nor_revokes_a_token(alice: User, mallory: User, api_of: Apis) -> None:
    token = ApiTokenFactory(owner=alice)
    api = api_of(mallory)
    assert api.get("/auth/tokens").body == {"items": [], "next": None}
    assert api.delete(f"/auth/tokens/{token.pk}").status == 404
    assert ApiToken.objects.filter(pk=token.pk).exists()


def test_the_owner_of_a_token_cannot_be_chosen(alice: User, mallory: User, api_of: Apis) -> None:
    body = {"name": "Sly", "owner": str(alice.pk), "owner_id": str(alice.pk), "digest": "0" * 64}
    assert api_of(mallory).post("/auth/tokens", body).status == 201
    token = ApiToken.objects.get()
    assert token.owner == mallory
    assert token.digest != "0" * 64


def test_a_session_without_a_recent_sign_in_creates_no_token(mallory: User, api_of: Apis) -> None:
    mallory.set_password(PASSWORD)
    mallory.save()
    api = api_of(mallory)
    refused = api.post("/auth/tokens", {"name": "Script"})
    assert (refused.status, refused.body["type"]) == (403, "reauthentication-needed")
    assert api.post("/auth/login", {"email": mallory.email, "password": PASSWORD}).status == 200
    assert api.post("/auth/tokens", {"name": "Script"}).status == 201


def test_a_token_creates_no_token_with_more_scopes(
    alice: User, api_of: Apis, api_with: Callable[[str], ApiClient]
) -> None:
    ApiTokenFactory(owner=alice, token="ml_account", scopes=["account"])
    api = api_with("ml_account")
    for scopes in (["read"], ["account", "write"], ["read", "write", "account"]):
        refused = api.post("/auth/tokens", {"name": "More", "scopes": scopes})
        assert (refused.status, refused.body["type"]) == (403, "scope-missing")
    assert api.post("/auth/tokens", {"name": "More"}).status == 403  # read and write by default
    assert alice.api_tokens.count() == 1
    assert api.post("/auth/tokens", {"name": "Same", "scopes": ["account"]}).status == 201


def test_a_token_creates_no_token_that_outlives_it(alice: User, api_with: Callable[[str], ApiClient]) -> None:
    soon = (timezone.now() + timedelta(days=1)).replace(microsecond=0)
    ApiTokenFactory(owner=alice, token="ml_short", expires_at=soon)
    for body in ({}, {"expires_at": (soon + timedelta(days=1)).isoformat()}):
        created = api_with("ml_short").post("/auth/tokens", {"name": "Longer", **body}).body
        assert datetime.fromisoformat(created["expires_at"]) == soon
    earlier = (soon - timedelta(hours=1)).isoformat()
    created = api_with("ml_short").post("/auth/tokens", {"name": "Shorter", "expires_at": earlier}).body
    assert datetime.fromisoformat(created["expires_at"]) == soon - timedelta(hours=1)


def test_an_expired_token_is_refused(alice: User, api_with: Callable[[str], ApiClient]) -> None:
    token = ApiTokenFactory(owner=alice, token="ml_old", expires_at=timezone.now() + timedelta(days=1))
    assert api_with("ml_old").get("/auth/me").status == 200
    token.expires_at = timezone.now()
    token.save()
    assert api_with("ml_old").get("/auth/me").status == 401


@pytest.mark.parametrize(
    "expires_at", ["2020-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00", "2100-01-01", 7]
)
def test_an_expiry_out_of_range_is_a_422(expires_at: object, alice: User, api_of: Apis) -> None:
    assert api_of(alice).post("/auth/tokens", {"name": "Script", "expires_at": expires_at}).status == 422
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize("count", [1, 20])
def test_the_number_of_queries_does_not_depend_on_the_number_of_tokens(
    count: int, alice: User, api_of: Apis, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    ApiTokenFactory.create_batch(count, owner=alice)
    api = api_of(alice)
    with django_assert_max_num_queries(3):
        assert len(api.get("/auth/tokens").body["items"]) == count
