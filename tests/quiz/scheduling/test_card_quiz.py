from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from flashcards.models import Card
from quiz.models import Review
from quiz.scheduling.card_quiz import CardQuiz
from tests.factories import CardFactory, MessageFactory

pytestmark = pytest.mark.django_db
REVIEW = reverse("quiz:review")


@pytest.fixture
def cards(alice: User) -> list[Card]:
    """Cards that are not due."""
    due = timezone.now() + timedelta(days=5)
    cards: list[Card] = CardFactory.create_batch(3, owner=alice, reviewed=True, due=due)
    return cards


@pytest.fixture
def browser(alice: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(alice)


def quiz_on(*cards: Card) -> dict[str, str]:
    return {"cards": ",".join(str(card.pk) for card in cards)}


def post(browser: Client, name: str, card: Card | None, query: str, **fields: object) -> str:
    """The address that the browser is sent to."""
    url = reverse(name, args=[card.pk] if card else [])
    return str(browser.post(f"{url}?{query}", fields)["Location"])


def rate(browser: Client, card: Card, query: str) -> str:
    return post(browser, "quiz:card-rate", card, query, rating=3, review_id=uuid4(), reps=card.reps)


def test_a_quiz_asks_just_its_cards_and_leads_back_to_the_chat(browser: Client, alice: User, cards: list[Card]) -> None:
    source = MessageFactory(conversation__owner=alice)
    first, second, other = cards
    page = browser.get(REVIEW, {**quiz_on(first, second), "source": source.pk})
    assert page.context["review"].card == first
    assert f'action="{reverse("quiz:card-rate", args=[first.pk])}' not in page.content.decode()  # not turned yet
    address = f"{REVIEW}?{page.context['quiz'].query}"
    for card in (first, second):
        page = browser.get(f"{address}&turned=1&card={card.pk}")
        query = page.context["quiz"].query
        assert (
            f'action="{reverse("quiz:card-rate", args=[card.pk])}?{query.replace("&", "&amp;")}"'
            in page.content.decode()
        )
        address = rate(browser, card, query)
    page = browser.get(address)
    assert page.context["review"].card is None
    html = page.content.decode()
    assert ("Quiz done" in html, "Back to the chat" in html) == (True, True)
    assert source.get_absolute_url().replace("&", "&amp;") in html
    assert not Review.objects.filter(card=other).exists()


def test_undo_returns_to_the_card_in_the_quiz(browser: Client, cards: list[Card]) -> None:
    address = rate(browser, cards[0], "cards={},{}&total=2".format(*[card.pk for card in cards[:2]]))
    assert parse_qs(urlsplit(address).query) == {"cards": [str(cards[1].pk)], "total": ["2"]}
    page = browser.get(post(browser, "quiz:review-undo", None, urlsplit(address).query))
    assert page.context["review"].card == cards[0]
    assert page.context["quiz"].remaining == (cards[0].pk, cards[1].pk)
    assert page.context["quiz"].total == 2


@pytest.mark.parametrize("name", ["quiz:card-suspend", "quiz:card-bury"])
def test_a_card_that_is_put_away_leaves_the_quiz_and_can_return(browser: Client, cards: list[Card], name: str) -> None:
    query = CardQuiz(tuple(card.pk for card in cards), 3).query
    address = post(browser, name, cards[0], query)
    page = browser.get(address)
    assert (page.context["review"].card, page.context["quiz"].done) == (cards[1], 1)
    undo = f"{reverse('quiz:card-return', args=[cards[0].pk])}?{query}"
    assert undo.replace("&", "&amp;") in page.content.decode()
    assert browser.get(browser.post(undo)["Location"]).context["review"].card == cards[0]


def test_cards_of_another_user_are_not_asked(browser: Client) -> None:
    assert browser.get(REVIEW, quiz_on(CardFactory(reviewed=True))).context["review"].card is None


@pytest.mark.parametrize("cards", ["x", "1,2", ",", ""])
def test_without_valid_cards_it_is_the_review_of_what_is_due(browser: Client, alice: User, cards: str) -> None:
    due = CardFactory(owner=alice)
    page = browser.get(REVIEW, {"cards": cards})
    assert (page.context["quiz"], page.context["review"].card) == (None, due)


def test_at_most_twenty_cards_are_asked(browser: Client, alice: User) -> None:
    quiz = browser.get(REVIEW, quiz_on(*CardFactory.create_batch(21, owner=alice))).context["quiz"]
    assert (len(quiz.remaining), quiz.total) == (20, 20)


def test_a_repeated_rating_is_refused_as_in_each_review(browser: Client, cards: list[Card]) -> None:
    query = CardQuiz((cards[0].pk,), 1).query
    for _ in range(2):
        rate(browser, cards[0], query)
    assert Review.objects.filter(card=cards[0]).count() == 1
