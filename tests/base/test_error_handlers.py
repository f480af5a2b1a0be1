"""The errors of views and of Django itself, as pages and toasts."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.factories import ApiTokenFactory

HTMX = {"HX-Request": "true"}


@pytest.fixture
def browser(alice: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(alice)


@pytest.fixture
def missing(mallory: User) -> list[str]:
    """URLs that are missing for Alice: with the key of a row of Mallory's, with a key of no row, and an unknown URL."""
    keys = [ApiTokenFactory(owner=mallory).pk, uuid4()]
    return [*(reverse("accounts:token-revoke", args=[key]) for key in keys), "/nowhere/"]


def test_a_missing_row_and_a_missing_url_are_the_same_page(browser: Client, missing: list[str]) -> None:
    for url in missing:
        response = browser.post(url)
        assert response.status_code == 404
        assert "<title>Page not found" in response.text


def test_a_missing_row_is_a_toast_when_htmx_asks_for_a_fragment(browser: Client, missing: list[str]) -> None:
    for url in missing:
        response = browser.post(url, headers=HTMX)
        assert response.status_code == 404
        assert (response["HX-Retarget"], response["HX-Reswap"]) == ("#toasts", "beforeend")
        assert "It does not exist, or it is not yours." in response.text
        assert "<html" not in response.text


@pytest.mark.parametrize("header", ["HX-Boosted", "HX-History-Restore-Request"])
def test_a_missing_row_is_a_page_when_htmx_asks_for_a_whole_page(
    header: str, browser: Client, missing: list[str]
) -> None:
    response = browser.post(missing[0], headers={**HTMX, header: "true"})
    assert response.status_code == 404
    assert "<title>Page not found" in response.text


def test_too_many_requests_say_when_to_try_again(browser: Client) -> None:
    for _ in range(11):
        response = browser.post(reverse("accounts:account-delete"), {"password": "wrong"}, headers=HTMX)
    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0
    assert response["HX-Retarget"] == "#toasts"
