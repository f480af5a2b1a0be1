"""The base template of every page, and the error pages."""

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse

from accounts.models import User
from chat.models import Role
from flashcards.models import CardStatus
from tests.factories import CardFactory, ConversationFactory, GenerationFactory, MessageFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


PUBLIC_PAGES = ["/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/accounts/password/reset/done/"]


@pytest.mark.parametrize("address", [*PUBLIC_PAGES, "/nowhere/"])
def test_a_page_has_neither_inline_script_nor_inline_style(client: Client, address: str) -> None:
    html = client.get(address).content.decode()
    assert "<main" in html
    assert re.findall(r"<script(?![^>]*\ssrc=)(?![^>]*application/json)[^>]*>|<style|\sstyle=|\son[a-z]+=", html) == []


@pytest.mark.parametrize("address", PUBLIC_PAGES)
def test_every_static_file_of_a_page_exists(client: Client, address: str) -> None:
    html = client.get(address).content.decode()
    files = re.findall(rf'"{settings.STATIC_URL}([^"]+)"', html)
    assert len(files) > 10
    assert [name for name in files if finders.find(name) is None] == []


def test_the_chosen_theme_is_in_the_html(client: Client) -> None:
    client.cookies["theme"] = "dark"
    html = client.get("/accounts/login/").content.decode()
    assert re.search(r'<html lang="en"\s+dir="ltr"\s+data-theme="dark">', html)


def test_an_invalid_theme_is_ignored(client: Client) -> None:
    client.cookies["theme"] = '"><script>alert(1)</script>'
    html = client.get("/accounts/login/").content.decode()
    assert "data-theme=" not in html
    assert "alert(1)" not in html


def test_an_unknown_url_is_the_404_page(client: Client) -> None:
    response = client.get("/nowhere/")
    assert response.status_code == 404
    assert "Page not found" in response.content.decode()


def test_an_unknown_path_of_the_api_is_problem_json(client: Client) -> None:
    response = client.get("/api/nowhere/")
    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"


def test_a_form_that_is_too_large_is_a_413(client: Client) -> None:
    body = b"x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    response = client.post("/accounts/login/", body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 413
    assert "too large" in response.content.decode()


def test_a_form_without_its_csrf_token_is_an_error_page() -> None:
    response = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "a@b.example"})
    assert response.status_code == 403
    assert "This page has expired" in response.content.decode()


def test_the_base_template_adds_no_query(
    alice: User, client_of: Callable[[User], Client], django_assert_max_num_queries: Any
) -> None:
    client = client_of(alice)
    with django_assert_max_num_queries(3):  # the session, the user, and one of allauth
        response = client.get("/accounts/logout/")
    assert 'class="rail"' in response.content.decode()


def test_headings_skip_no_level(alice: User, client_of: Callable[[User], Client]) -> None:
    conversation = ConversationFactory(owner=alice)
    answer = MessageFactory(conversation=conversation, role=Role.ASSISTANT, content="### Deep\n\ntext\n\n# Top")
    card = CardFactory(owner=alice, question="## What?", message=answer)
    generation = GenerationFactory(owner=alice, proposed=1)
    CardFactory(owner=alice, question="## Draft?", status=CardStatus.DRAFT, generation=generation)
    names = ["accounts:settings", "accounts:data", "accounts:tokens", "providers:keys", "chat:conversation-list"]
    names += ["chat:message-search", "flashcards:card-list", "flashcards:card-create", "quiz:progress", "quiz:settings"]
    for url in (
        *map(reverse, names),
        reverse("chat:conversation-detail", args=[conversation.pk]),
        reverse("flashcards:card-edit", args=[card.pk]),
        reverse("flashcards:generation-detail", args=[generation.pk]),
        reverse("quiz:review") + f"?card={card.pk}&turned=1",
        "/nowhere/",
    ):
        levels = [int(level) for level in re.findall(r"<h([1-6])\b", client_of(alice).get(url).text)]
        assert (levels[0], levels.count(1)) == (1, 1), url
        assert all(after <= before + 1 for before, after in pairwise(levels)), (url, levels)
