from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from providers.keys.keyed_providers import plain_key
from providers.models import ProviderKey
from providers.services import store_key
from tests.stand_ins.claude import GOOD_KEY, ClaudeStandIn
from tests.stand_ins.ollama import OllamaStandIn

PAGE = reverse("providers:keys")
STORE = reverse("providers:key-store", args=["claude"])


@pytest.fixture
def browser(alice: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(alice)


def test_a_pasted_key_is_checked_and_shown_by_its_last_characters(browser: Client, claude: ClaudeStandIn) -> None:
    page = browser.post(STORE, {"key": GOOD_KEY}, follow=True)
    assert page.redirect_chain == [(PAGE, 302)]
    assert f"…{GOOD_KEY[-4:]}" in page.text
    assert "Works" in page.text
    assert GOOD_KEY not in page.text


def test_a_refused_key_says_what_to_do(browser: Client, claude: ClaudeStandIn) -> None:
    page = browser.post(STORE, {"key": "sk-ant-wrong"}, follow=True)
    assert "Refused" in page.text
    assert "replace it" in page.text


def test_text_that_cannot_be_a_key_is_refused_and_not_shown_again(browser: Client) -> None:
    page = browser.post(STORE, {"key": "not a key at all"})
    assert page.status_code == 422
    assert "does not look like an API key" in page.text
    assert "not a key at all" not in page.text


def test_a_key_can_be_replaced_checked_and_removed(browser: Client, alice: User, claude: ClaudeStandIn) -> None:
    browser.post(STORE, {"key": "sk-ant-wrong"})
    browser.post(STORE, {"key": GOOD_KEY})
    assert plain_key(alice.provider_keys.get()) == GOOD_KEY
    claude.key = "sk-ant-another"
    browser.post(reverse("providers:key-validate", args=["claude"]))
    assert ProviderKey.objects.get().valid is False
    page = browser.post(reverse("providers:key-forget", args=["claude"]), follow=True)
    assert "Key removed." in page.text
    assert not ProviderKey.objects.exists()


def test_checking_without_a_key_is_an_error_page(browser: Client) -> None:
    page = browser.post(reverse("providers:key-validate", args=["claude"]))
    assert page.status_code == 422
    assert "There is no Claude API key yet" in page.text


@pytest.mark.parametrize("name", ["key-store", "key-validate", "key-forget"])
def test_a_provider_without_keys_is_not_found(browser: Client, name: str) -> None:
    assert browser.post(reverse(f"providers:{name}", args=["ollama"]), {"key": GOOD_KEY}).status_code == 404


@pytest.mark.parametrize("name", ["key-store", "key-validate", "key-forget"])
def test_a_key_changes_by_post_only(browser: Client, name: str) -> None:
    assert browser.get(reverse(f"providers:{name}", args=["claude"])).status_code == 405


def test_a_stranger_sees_and_removes_nothing(alice: User, mallory: User, client_of: Callable[[User], Client]) -> None:
    store_key(owner=alice, provider="claude", key=GOOD_KEY)
    stranger = client_of(mallory)
    assert GOOD_KEY[-4:] not in stranger.get(PAGE).text
    stranger.post(reverse("providers:key-forget", args=["claude"]))
    assert ProviderKey.objects.filter(owner=alice).exists()


def test_the_page_loads_the_models_afterwards(browser: Client, ollama: OllamaStandIn) -> None:
    address = reverse("providers:models")
    assert f'hx-get="{address}"' in browser.get(PAGE).text
    part = browser.get(address, headers={"HX-Request": "true"}).text
    assert "llama3.2" in part
    assert "hx-get" not in part
    assert "<html" not in part


def test_the_page_takes_the_same_queries_with_and_without_a_key(
    browser: Client, alice: User, ollama: OllamaStandIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    store_key(owner=alice, provider="claude", key=GOOD_KEY)
    with django_assert_max_num_queries(5):  # session, user, keys, the key for models, the due count
        browser.get(PAGE)
