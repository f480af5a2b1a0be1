"""The search page: tabs, filters, results of each kind and the last line."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from chat.models import Conversation, Message
from flashcards import services
from flashcards.models import Card
from search.services import drain
from search.sync import maintenance
from tests.factories import ConversationFactory, MessageFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def browser(alice: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(alice)


@pytest.fixture
def conversation(alice: User) -> Conversation:
    maintenance.maintain_tables()  # without rows, the first tables are complete
    return ConversationFactory(owner=alice, title="Cells")


@pytest.fixture
def message(conversation: Conversation) -> Message:
    return MessageFactory(
        conversation=conversation, content="**Mitochondria** make ATP:\n\n```\nrun(mitochondria)\n```"
    )


@pytest.fixture
def card(alice: User, message: Message) -> Card:
    question = "What are `mitochondria`?"
    [card] = services.create_card(owner=alice, question=question, answer="The *mitochondria* make ATP", message=message)
    services.suspend_cards(cards=[card])
    drain()
    return card


def shown(browser: Client, query: str, status: int = 200) -> str:
    """The text of the results with their links, on one line."""
    response = browser.get(f"/search/?{query}")
    assert response.status_code == status
    html = response.content.decode()
    return " ".join(unescape(html[html.index('id="results"') :]).split())


def tabs(html: str) -> list[tuple[str, str, str, bool]]:
    """The target, the label and the count of each tab, and whether it is the current one."""
    links = re.findall(
        r'<a href="(\?[^"]*)"( aria-current="page")? ?> <span>([^<]*) <span class="count">([^<]*)<', html
    )
    return [(href, label, count, bool(current)) for href, current, label, count in links]


def test_each_kind_has_a_tab_with_its_count(browser: Client, card: Card) -> None:
    assert tabs(shown(browser, "q=mitochondria&mode=keyword")) == [
        ("?q=mitochondria&mode=keyword", "All", "2", True),
        ("?q=mitochondria&mode=keyword&kind=message", "Messages", "1", False),
        ("?q=mitochondria&mode=keyword&kind=card", "Cards", "1", False),
        ("?q=mitochondria&mode=keyword&kind=goal", "Goals", "0", False),
        ("?q=mitochondria&mode=keyword&kind=memory", "Memories", "0", False),
    ]
    html = shown(browser, "q=mitochondria&kind=card")
    assert tabs(html)[2] == ("?q=mitochondria&kind=card", "Cards", "1", True)
    assert (html.count('class="result"'), "What are <mark>mitochondria</mark>?" in html) == (1, True)
    assert "1 result." in html


def test_a_message_is_shown_in_plain_words_with_its_code(browser: Client, card: Card) -> None:
    html = shown(browser, "q=mitochondria&kind=message")
    assert "<mark>Mitochondria</mark> make ATP: <code>run(<mark>mitochondria</mark>)</code>" in html
    assert "Has cards" in html


def test_a_card_is_shown_with_its_answer_its_state_and_its_source(
    browser: Client, card: Card, message: Message
) -> None:
    html = shown(browser, "q=mitochondria&kind=card")
    assert f'href="/cards/{card.pk}/"' in html
    assert "The <mark>mitochondria</mark> make ATP" in html
    assert "Suspended" in html
    assert f'href="{message.get_absolute_url()}">Source</a>' in html


def test_the_filters_are_open_and_counted_when_one_is_set(browser: Client, card: Card) -> None:
    plain = browser.get("/search/?q=mitochondria&mode=hybrid").content.decode()
    assert re.search(r'<details class="foldable"\s*>', plain)
    filtered = browser.get("/search/?q=mitochondria&has_cards=on&role=user").content.decode()
    assert re.search(r'<details class="foldable" open>', filtered)
    assert re.search(r'id="active-filters"\s*>2<', filtered)
    assert re.search(r'name="kind"\s+value="card"', browser.get("/search/?kind=card").content.decode())


def test_messages_with_cards_are_chosen_by_a_box_or_in_the_query(
    browser: Client, conversation: Conversation, card: Card
) -> None:
    MessageFactory(conversation=conversation, content="Mitochondria have DNA.")
    drain()
    assert "have DNA" in shown(browser, "q=mitochondria&kind=message")
    for query in ("q=mitochondria&kind=message&has_cards=on", "q=mitochondria+has:cards&kind=message"):
        html = shown(browser, query)
        assert ("have DNA" in html, html.count('class="result"')) == (False, 1)


def test_the_last_line_says_that_weaker_matches_are_left_out(
    browser: Client, conversation: Conversation, card: Card
) -> None:
    MessageFactory(conversation=conversation, content="Mitochondria make ATP in the inner membrane.")
    MessageFactory(conversation=ConversationFactory(owner=conversation.owner), content="Drums make noise.")
    drain()
    query = "q=how+do+mitochondria+make+ATP+in+the+inner+membrane&kind=message"
    html = shown(browser, query)
    assert "noise" not in html
    assert "2 results. </span>" in html
    assert "Nothing else is about this." in html
    assert f'href="?{query.replace("+", "%20")}&all=1">Show weaker matches' in html.replace("+", "%20")
    everything = shown(browser, f"{query}&all=1")
    assert "noise" in everything
    assert "Hide weaker matches" in everything


def test_nothing_found_says_what_to_do(browser: Client, card: Card) -> None:
    html = shown(browser, "q=zeppelin&mode=keyword")
    assert "Nothing found" in html
    assert "result." not in html


def test_a_deleted_card_is_not_shown(browser: Client, card: Card) -> None:
    services.delete_card(card=card, at=timezone.now())
    assert tabs(shown(browser, "q=mitochondria"))[2][2] == "0"


@pytest.mark.parametrize("query", ["q=x&kind=tree", "q=x&mode=magic", "q=x&after=never"])
def test_an_invalid_search_is_answered_with_the_form(browser: Client, query: str) -> None:
    assert 'class="result"' not in shown(browser, query, status=422)
