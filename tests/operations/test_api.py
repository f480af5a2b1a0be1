"""Who sees how much of the server's health."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from django.test import Client

from accounts.models import Scope, User
from operations import health
from tests.api import ApiClient
from tests.factories import ApiTokenFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_last", None)


@pytest.fixture
def operator() -> User:
    user: User = UserFactory(email="operator@example.org", is_staff=True)
    return user


def test_the_public_is_told_the_status_only() -> None:
    answer = ApiClient(Client(), {}).get("/health")
    assert answer.status == 200
    assert answer.body == {"status": "degraded"}  # no worker runs beside this test


def test_a_person_is_told_no_more_than_the_public(alice: User, api_of: Callable[[User], ApiClient]) -> None:
    assert api_of(alice).get("/health").body == {"status": "degraded"}


def test_staff_see_each_part(operator: User, api_of: Callable[[User], ApiClient]) -> None:
    body = api_of(operator).get("/health").body
    assert body["checks"]["postgres"]["status"] == "ok"
    assert body["checks"]["worker"] == {"status": "down", "last_seen": None}


@pytest.mark.parametrize(("scopes", "sees"), [([Scope.READ], True), ([Scope.WRITE], False)])
def test_a_token_of_staff_needs_the_read_scope(
    operator: User, api_with: Callable[[str], ApiClient], scopes: list[Scope], sees: bool
) -> None:
    ApiTokenFactory(owner=operator, token="ml_operator", scopes=scopes)
    assert ("checks" in api_with("ml_operator").get("/health").body) is sees


def test_a_wrong_token_is_the_public(api_with: Callable[[str], ApiClient]) -> None:
    assert api_with("ml_wrong").get("/health").body == {"status": "degraded"}


def test_it_lives_and_is_ready() -> None:
    program = ApiClient(Client(), {})
    assert program.get("/health/live").body == {"status": "ok"}
    assert program.get("/health/ready").body == {"status": "ok"}


def test_asking_often_asks_the_parts_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def check() -> Mapping[str, Any]:
        asked.append("once more")
        return {"status": health.Standing.OK}

    monkeypatch.setattr(health, "CHECKS", dict.fromkeys(health.CHECKS, check))
    for _ in range(20):
        assert ApiClient(Client(), {}).get("/health").body == {"status": "ok"}
    assert len(asked) <= 2 * len(health.CHECKS)
