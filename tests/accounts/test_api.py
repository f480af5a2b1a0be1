"""API tokens, managed through the API."""

from collections.abc import Callable

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import ApiToken, User
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


@pytest.mark.parametrize("count", [1, 20])
def test_the_number_of_queries_does_not_depend_on_the_number_of_tokens(
    count: int, alice: User, api_of: Apis, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    ApiTokenFactory.create_batch(count, owner=alice)
    api = api_of(alice)
    with django_assert_max_num_queries(3):
        assert len(api.get("/auth/tokens").body["items"]) == count
