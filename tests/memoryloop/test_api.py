"""What is common to all paths of the API."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from tests.api import ApiClient, problem_of

TOKENS = "/api/auth/tokens"


@pytest.fixture
def client(alice: User, client_of: Callable[[User], Client]) -> Client:
    client = client_of(alice)
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/nothing", "/api/nothing/", "/api/auth/tokens/1", "/api/%00"])
def test_an_unknown_path_gives_404(path: str, client: Client) -> None:
    problem_of(client.get(path), 404)


def test_a_wrong_method_gives_405_and_the_allowed_methods(client: Client) -> None:
    response = client.put(TOKENS)
    problem_of(response, 405)
    assert "POST" in response["Allow"]


def test_a_wrong_host_gives_400(client: Client) -> None:
    problem_of(client.get(TOKENS, headers={"host": "evil.example"}), 400)


def test_responses_are_not_cached(alice: User, api_of: Callable[[User], ApiClient]) -> None:
    assert api_of(alice).get("/auth/me").headers["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_an_anonymous_request_gets_401() -> None:
    problem_of(Client().get("/api/auth/me"), 401)
