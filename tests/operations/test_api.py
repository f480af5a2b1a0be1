"""The health endpoints: the public gets the status, and staff also get the checks."""

from collections.abc import Callable, Sequence

import pytest
from django.test import Client

from accounts.models import Scope, User
from operations import health
from operations.checks.findings import Check, Finding, ok
from tests.api import ApiClient
from tests.factories import ApiTokenFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def no_cached_report(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_cached", None)


@pytest.fixture
def operator() -> User:
    user: User = UserFactory(email="operator@example.org", is_staff=True)
    return user


def test_the_public_gets_the_status_only() -> None:
    response = ApiClient(Client(), {}).get("/health")
    assert response.status == 200
    assert response.body == {"status": "degraded"}  # no worker runs beside this test


def test_a_user_gets_no_more_than_the_public(alice: User, api_of: Callable[[User], ApiClient]) -> None:
    assert api_of(alice).get("/health").body == {"status": "degraded"}


def test_staff_get_the_checks(operator: User, api_of: Callable[[User], ApiClient]) -> None:
    body = api_of(operator).get("/health").body
    assert body["checks"]["postgres"]["status"] == "ok"
    assert body["checks"]["worker"]["status"] == "down"
    assert {"queue", "disk", "chat_models"} <= set(body["checks"])


@pytest.mark.parametrize(("scopes", "sees_checks"), [([Scope.READ], True), ([Scope.WRITE], False)])
def test_a_token_of_staff_needs_the_read_scope(
    operator: User, api_with: Callable[[str], ApiClient], scopes: list[Scope], sees_checks: bool
) -> None:
    ApiTokenFactory(owner=operator, token="ml_operator", scopes=scopes)
    assert ("checks" in api_with("ml_operator").get("/health").body) is sees_checks


def test_a_wrong_token_gets_what_the_public_gets(api_with: Callable[[str], ApiClient]) -> None:
    assert api_with("ml_wrong").get("/health").body == {"status": "degraded"}


def test_it_is_live_and_ready() -> None:
    client = ApiClient(Client(), {})
    assert client.get("/health/live").body == {"status": "ok"}
    assert client.get("/health/ready").body == {"status": "ok"}


def test_many_requests_run_the_checks_once_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[float] = []
    clock = [0.0]

    def check() -> Sequence[Finding]:
        runs.append(clock[0])
        return [ok("PostgreSQL answers.")]

    monkeypatch.setattr(health, "HEALTH", [Check("postgres", check)])
    monkeypatch.setattr(health, "monotonic", lambda: clock[0])
    for clock[0] in (1000.0, 1000.9, 1001.1):
        for _ in range(20):
            assert ApiClient(Client(), {}).get("/health").body == {"status": "ok"}
    assert runs == [1000.0, 1001.1]
