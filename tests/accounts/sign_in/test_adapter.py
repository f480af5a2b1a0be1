"""The address of a client, as a proxy gives it."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from tests.api import ApiClient

CREDENTIALS = {"login": "alice@example.org", "email": "alice@example.org", "password": "wrong"}
Proxies = Callable[[int], None]


@pytest.fixture
def proxies(settings: Settings) -> Proxies:
    def behind(count: int) -> None:
        settings.TRUSTED_PROXIES = settings.ALLAUTH_TRUSTED_PROXY_COUNT = count

    return behind


@pytest.mark.parametrize(
    ("count", "header"),
    [(1, "unknown"), (1, "192.0.2.1, unknown"), (1, "_hidden"), (2, "192.0.2.1"), (1, "1" * 9000)],
)
def test_a_header_without_the_address_is_a_bad_request(
    alice: User, proxies: Proxies, caplog: pytest.LogCaptureFixture, count: int, header: str
) -> None:
    proxies(count)
    page = Client().post(reverse("account_login"), CREDENTIALS, headers={"X-Forwarded-For": header})
    api = ApiClient(Client(), {"X-Forwarded-For": header}).post(
        "/auth/login", {"email": "alice@example.org", "password": "wrong"}
    )
    assert (page.status_code, api.status, api.body["type"]) == (400, 400, "unknown-client-address")
    assert "should compare TRUSTED_PROXIES" in page.text
    assert "No address at place" in caplog.text
    assert len(caplog.text) < 9000


@pytest.mark.parametrize(
    "header", ["192.0.2.1", "192.0.2.1:50000", "[2001:db8::1]:443", "203.0.113.9, 2001:db8::1", ""]
)
def test_an_address_with_or_without_a_port_is_accepted(alice: User, proxies: Proxies, header: str) -> None:
    proxies(1)
    response = Client().post(reverse("account_login"), CREDENTIALS, headers={"X-Forwarded-For": header})
    assert response.status_code in (200, 422)
