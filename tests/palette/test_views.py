"""The entries of the command palette, as the page requests them."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from flashcards.models import CardStatus
from tests.factories import CardFactory, ConversationFactory

Entries = dict[str, list[str]]


@pytest.fixture
def browser(alice: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(alice)


def entries(browser: Client, query: str = "") -> Entries:
    """The labels of the entries for this query, by the titles of their groups."""
    response = browser.get(reverse("palette:entry-list"), {"q": query}, headers={"HX-Request": "true"})
    assert response.status_code == 200
    _start, *groups = re.split(r'<p class="palette-title"[^>]*>', response.content.decode())
    return {group.split("<")[0]: re.findall(r'<span class="palette-label"[^>]*>([^<]*)', group) for group in groups}


def test_before_something_is_typed_there_are_recent_chats_and_actions(browser: Client, alice: User) -> None:
    ConversationFactory(owner=alice, title="Archived", archived=True)
    for number in range(8):
        ConversationFactory(owner=alice, title=f"Chat {number}")
    actions = [
        "New chat",
        "Review now",
        "Add card",
        "New goal",
        "Export your data",
        "Toggle theme",
        "Keyboard shortcuts",
    ]
    assert entries(browser) == {"Chats": [f"Chat {number}" for number in range(7, 0, -1)], "Actions": actions}


def test_words_find_pages_chats_cards_and_actions_and_at_last_a_search(browser: Client, alice: User) -> None:
    ConversationFactory(owner=alice, title="How to review a paper", archived=True)
    ConversationFactory(owner=alice, title="Another chat")
    ConversationFactory(owner=alice, title="Deleted review", deleted_at=alice.date_joined)
    CardFactory(owner=alice, question="Who may *review* **papers**?")
    CardFactory(owner=alice, question="A review draft", status=CardStatus.DRAFT)
    CardFactory(owner=alice, question="What is a paper?", answer="What one may review")
    assert entries(browser, "Review") == {
        "Pages": ["Review", "Review"],
        "Chats": ["How to review a paper"],
        "Cards": ["Who may review papers?"],
        "Actions": ["Review now"],
        "Search": ["Search everything for “Review”"],
    }
    assert list(entries(browser, "paper review")) == ["Chats", "Cards", "Search"]
    assert entries(browser, "daily limits")["Pages"] == ["Review"]


def test_pages_whose_names_begin_with_the_query_come_first(browser: Client) -> None:
    assert entries(browser, "se")["Pages"][:2] == ["Search", "Settings"]
    assert entries(browser, "pass")["Pages"][0] == "Password"


def test_only_staff_finds_the_administration(browser: Client, alice: User) -> None:
    assert "Pages" not in entries(browser, "administration")
    alice.is_staff = True
    alice.save()
    assert entries(browser, "administration")["Pages"] == ["Administration"]


def test_what_was_typed_is_only_text(browser: Client) -> None:
    hostile = '"><script>alert(1)</script>&q=2'
    html = browser.get(reverse("palette:entry-list"), {"q": hostile}).content.decode()
    assert "<script" not in html
    assert "%22%3E%3Cscript%3Ealert%281%29%3C%2Fscript%3E%26q%3D2" in html


@pytest.mark.parametrize("query", ["x" * 201, "a\0b"])
def test_a_query_that_is_too_long_or_impossible_is_refused(browser: Client, query: str) -> None:
    response = browser.get(reverse("palette:entry-list"), {"q": query})
    assert response.status_code == 422
    assert "palette-item" not in response.content.decode()


def test_the_button_leads_to_search_without_scripts_and_visitors_have_none(browser: Client) -> None:
    button = re.search(r"<a[^>]*data-opens-palette>", browser.get("/").content.decode())
    assert button is not None
    assert f'href="{reverse("chat:message-search")}"' in button[0]
    visitors_page = Client().get(reverse("account_login")).content.decode()
    assert "palette" not in visitors_page
