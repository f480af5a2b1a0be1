from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from flashcards.models import Card, CardStatus
from quiz.mastery.services import record_mastery
from quiz.models import Review
from tests.factories import CardFactory, GoalFactory, MessageFactory, ReviewFactory, SkillNodeFactory

ClientFactory = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


def rating_form(card: Card, rating: int = 3) -> dict[str, object]:
    return {"rating": rating, "review_id": uuid4(), "reps": card.reps, "duration_ms": ""}


def test_the_review_page_shows_the_answer_on_request(alice: User, client_of: ClientFactory) -> None:
    card = CardFactory(owner=alice, question="What is ATP?", answer="Energy")
    browser, url = client_of(alice), reverse("quiz:review")
    question = browser.get(url).text
    assert "What is ATP?" in question
    assert "Energy" not in question
    answer = browser.get(url, {"card": card.pk, "turned": 1}, headers=HTMX).text
    assert "Energy" in answer
    assert "<html" not in answer
    assert answer.count('data-key="1"') == answer.count('data-key="4"') == 1


def test_the_review_page_and_its_badge_take_few_statements(
    alice: User, client_of: ClientFactory, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    browser = client_of(alice)
    CardFactory.create_batch(2, owner=alice)
    with django_assert_num_queries(5):  # session, user, settings, counts, the card
        browser.get(reverse("quiz:review"))
    with django_assert_num_queries(4):
        assert browser.get(reverse("quiz:review-count")).status_code == 200


def test_each_shown_card_has_a_review_id_of_its_own(alice: User, client_of: ClientFactory) -> None:
    card = CardFactory(owner=alice)
    pages = [client_of(alice).get(reverse("quiz:review"), {"card": card.pk, "turned": 1}) for _ in range(2)]
    assert pages[0].context["review_id"] != pages[1].context["review_id"]


def test_a_double_click_is_one_review(alice: User, client_of: ClientFactory) -> None:
    card = CardFactory(owner=alice)
    form, url = rating_form(card), reverse("quiz:card-rate", args=[card.pk])
    for _ in range(2):
        assert client_of(alice).post(url, form)["Location"] == reverse("quiz:review")
    assert Review.objects.count() == 1


def test_two_tabs_make_one_review_and_the_second_tab_says_so(alice: User, client_of: ClientFactory) -> None:
    card, browser = CardFactory(owner=alice), client_of(alice)
    url = reverse("quiz:card-rate", args=[card.pk])
    browser.post(url, rating_form(card))
    assert "answered in the meantime" in browser.post(url, rating_form(card), follow=True).text
    assert Review.objects.count() == 1


def test_an_invalid_rating_shows_the_card_again(alice: User, client_of: ClientFactory) -> None:
    card = CardFactory(owner=alice)
    response = client_of(alice).post(reverse("quiz:card-rate", args=[card.pk]), {"rating": 9})
    assert str(card.pk) in response["Location"]
    assert not Review.objects.exists()


def test_undo_shows_the_card_again(alice: User, client_of: ClientFactory) -> None:
    card, browser = CardFactory(owner=alice), client_of(alice)
    browser.post(reverse("quiz:card-rate", args=[card.pk]), rating_form(card, 4))
    response = browser.post(reverse("quiz:review-undo"))
    assert response["Location"] == f"{reverse('quiz:review')}?card={card.pk}"
    assert "no answer to undo" in browser.post(reverse("quiz:review-undo"), follow=True).text


@pytest.mark.parametrize(("name", "status"), [("card-suspend", "suspended"), ("card-bury", "buried")])
def test_a_card_is_suspended_or_buried_and_returned(
    alice: User, client_of: ClientFactory, name: str, status: str
) -> None:
    card, browser = CardFactory(owner=alice), client_of(alice)
    back = reverse("quiz:card-return", args=[card.pk])
    assert back in browser.post(reverse(f"quiz:{name}", args=[card.pk]), follow=True).text
    assert Card.objects.get().status == status
    browser.post(back)
    assert Card.objects.get().status == CardStatus.ACTIVE


def test_the_review_page_links_to_the_edit_page(alice: User, client_of: ClientFactory) -> None:
    card = CardFactory(owner=alice, message=MessageFactory(conversation__owner=alice))
    text = client_of(alice).get(reverse("quiz:review")).text
    assert f"{reverse('flashcards:card-edit', args=[card.pk])}?review" in text


def test_an_empty_review_page_says_why(alice: User, client_of: ClientFactory) -> None:
    browser = client_of(alice)
    assert "Nothing is due" in browser.get(reverse("quiz:review")).text
    card = CardFactory(owner=alice)
    browser.post(reverse("quiz:card-rate", args=[card.pk]), rating_form(card, 4))
    assert "Done for today" in browser.get(reverse("quiz:review")).text


@pytest.mark.parametrize("name", ["card-rate", "card-suspend", "card-bury", "card-return"])
def test_a_stranger_gets_404(alice: User, mallory: User, client_of: ClientFactory, name: str) -> None:
    card = CardFactory(owner=alice)
    response = client_of(mallory).post(reverse(f"quiz:{name}", args=[card.pk]), rating_form(card))
    assert response.status_code == 404
    card.refresh_from_db()
    assert (card.status, card.reps) == ("active", 0)


def test_a_strangers_card_is_not_shown(alice: User, mallory: User, client_of: ClientFactory) -> None:
    card = CardFactory(owner=alice, question="Secret?")
    text = client_of(mallory).get(reverse("quiz:review"), {"card": card.pk, "turned": 1}).text
    assert "Secret?" not in text


def test_progress_opens_with_and_without_reviews(alice: User, client_of: ClientFactory) -> None:
    browser, url = client_of(alice), reverse("quiz:progress")
    assert "No reviews yet" in browser.get(url).text
    yesterday = timezone.now() - timedelta(days=1)
    ReviewFactory(card__owner=alice, card__reviewed=True, state_before="review", reviewed_at=yesterday)
    assert "<strong>100%</strong>" in browser.get(url).text


def test_progress_is_of_one_goal_if_the_user_wants(alice: User, client_of: ClientFactory) -> None:
    browser, url = client_of(alice), reverse("quiz:progress")
    assert "<select" not in browser.get(url).text
    yesterday, goal = timezone.now() - timedelta(days=1), GoalFactory(owner=alice, title="Read Spanish")
    ReviewFactory(card__owner=alice, card__reviewed=True, state_before="review", reviewed_at=yesterday)
    ReviewFactory(card__owner=alice, state_before="review", reviewed_at=yesterday, rating=1, goal_id=goal.pk)
    assert "<strong>50%</strong>" in browser.get(url).text
    of_goal = browser.get(url, {"goal": goal.pk}).text
    assert "<strong>0%</strong>" in of_goal
    assert f'<option value="{goal.pk}" selected>Read Spanish</option>' in of_goal
    for unknown in (GoalFactory().pk, "nonsense"):
        assert browser.get(url, {"goal": unknown}).status_code == 404


def test_progress_of_a_goal_shows_its_mastery_over_time_and_when_it_will_be_finished(
    alice: User, client_of: ClientFactory
) -> None:
    now, url = timezone.now(), reverse("quiz:progress")
    goal = GoalFactory(owner=alice, target_date=now.date() + timedelta(days=1))
    skill = SkillNodeFactory(tree__goal=goal)
    CardFactory(owner=alice, skill=skill, reviewed=True, last_review=now)
    CardFactory.create_batch(3, owner=alice, skill=skill)
    first = client_of(alice).get(url, {"goal": goal.pk}).text
    assert "Mastery is 25% now." in first
    assert "3 cards are new." in first
    ReviewFactory(card__owner=alice, goal_id=goal.pk, reviewed_at=now)
    record_mastery(owner=alice, at=now - timedelta(days=2))
    text = " ".join(client_of(alice).get(url, {"goal": goal.pk}).text.split())
    assert "and is 25% now." in text
    assert '<polyline points="4.0,' in text
    assert "At your pace of new cards (1 a day) you finish on" in text
    assert ", 2 days late. At 2 a day you would finish by" in text


def test_settings_are_shown_saved_and_validated(alice: User, client_of: ClientFactory) -> None:
    browser, url = client_of(alice), reverse("quiz:settings")
    assert 'value="1m 10m"' in browser.get(url).text
    form = {
        "desired_retention": "0.85",
        "new_per_day": 10,
        "reviews_per_day": 100,
        "learning_steps": "30s, 15 1h 1d",
        "relearning_steps": "",
        "maximum_interval": 365,
        "day_start_hour": 3,
        "time_zone": "Europe/Berlin",
        "leech_threshold": 0,
    }
    assert browser.post(url, form)["Location"] == url
    saved = alice.review_settings
    assert (saved.learning_steps, saved.relearning_steps) == ([30, 900, 3_600, 86_400], [])
    assert (saved.time_zone, saved.desired_retention, saved.leech_threshold) == ("Europe/Berlin", 0.85, 0)
    for change in ({"learning_steps": "soon"}, {"learning_steps": "9d"}, {"time_zone": "Mars"}, {"new_per_day": -1}):
        assert browser.post(url, form | change).status_code == 422


def test_the_navigation_shows_how_many_cards_are_left_today(alice: User, client_of: ClientFactory) -> None:
    browser = client_of(alice)
    assert browser.get(reverse("quiz:review-count"), headers=HTMX).content.decode().strip() == ""
    CardFactory.create_batch(3, owner=alice)
    assert browser.get(reverse("quiz:review-count"), headers=HTMX).content.decode().startswith("3<span")
