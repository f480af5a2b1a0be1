from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from flashcards.models import Card
from goals.models import SkillNode
from quiz.models import Review, ReviewSettings
from tests.factories import CardFactory, SkillNodeFactory

STUDY = reverse("quiz:study")


def study(**query: object) -> str:
    return f"{STUDY}?{urlencode(query)}"


@pytest.fixture
def browser(alice: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(alice)


@pytest.fixture
def skill(alice: User) -> SkillNode:
    skill: SkillNode = SkillNodeFactory(tree__goal__owner=alice, tree__goal__title="Spanish", title="Past tenses")
    return skill


@pytest.fixture
def ahead(alice: User, skill: SkillNode) -> Card:
    """A card of the skill that is due in five days."""
    card: Card = CardFactory(owner=alice, skill=skill, reviewed=True, due=timezone.now() + timedelta(days=5))
    return card


def rate(browser: Client, card: Card, query: str) -> str:
    """The address that the browser is sent to."""
    fields = {"rating": 3, "review_id": uuid4(), "reps": card.reps}
    return str(browser.post(f"{reverse('quiz:card-rate', args=[card.pk])}?{query}", fields)["Location"])


def test_the_page_asks_the_cards_of_the_skill_until_none_is_due(browser: Client, alice: User, skill: SkillNode) -> None:
    CardFactory(owner=alice)
    card = CardFactory(owner=alice, skill=skill, reviewed=True, due=timezone.now())
    page = browser.get(study(skill=skill.pk))
    html = page.content.decode()
    assert page.context["review"].card == card
    assert (">Past tenses</h1>" in html, "<bdi>Spanish</bdi>" in html) == (True, True)
    assert f'name="skill" value="{skill.pk}"' in html
    answer = browser.get(study(skill=skill.pk, card=card.pk, turned=1)).content.decode()
    address = f"{STUDY}?skill={skill.pk}"
    assert f'action="{reverse("quiz:card-rate", args=[card.pk])}?skill={skill.pk}"' in answer
    assert rate(browser, card, f"skill={skill.pk}") == address
    done = browser.get(address).content.decode()
    assert ("Done for today" in done, "You reviewed 1 card here today." in done) == (True, True)
    undone = browser.post(f"{reverse('quiz:review-undo')}?skill={skill.pk}")["Location"]
    assert parse_qs(urlsplit(undone).query) == {"card": [str(card.pk)], "skill": [str(skill.pk)]}
    assert browser.get(undone).context["review"].card == card


def test_cards_are_studied_ahead_on_request(browser: Client, skill: SkillNode, ahead: Card) -> None:
    page = browser.get(study(goal=skill.tree.goal.pk))
    query = f"goal={skill.tree.goal.pk}&ahead=1"
    html = page.content.decode()
    assert page.context["review"].card is None
    assert ("Nothing is due" in html, f'href="{STUDY}?{query.replace("&", "&amp;")}"' in html) == (True, True)
    page = browser.get(f"{STUDY}?{query}")
    assert page.context["review"].card == ahead
    shown = page.context["review"].buttons
    done = browser.get(rate(browser, ahead, query))
    assert done.context["review"].card is None
    review = Review.objects.get()
    assert 4 < review.elapsed_days < 6  # the schedule counts the time that has really passed
    assert [button.interval for button in shown][2] == f"{review.scheduled_days:.0f} d"


def test_new_cards_beyond_the_limit_are_ahead(browser: Client, alice: User, skill: SkillNode) -> None:
    ReviewSettings.objects.create(owner=alice, new_per_day=0)
    card = CardFactory(owner=alice, skill=skill)
    assert browser.get(study(skill=skill.pk)).context["review"].card is None
    assert browser.get(study(skill=skill.pk, ahead=1)).context["review"].card == card
    assert browser.get(study(ahead=1)).context["review"].card == card


def test_a_skill_without_cards_says_so(browser: Client, skill: SkillNode) -> None:
    assert "No cards yet" in browser.get(study(skill=skill.pk)).content.decode()


def test_an_edit_returns_to_the_study(browser: Client, skill: SkillNode, ahead: Card) -> None:
    html = browser.get(study(skill=skill.pk, ahead=1)).content.decode()
    address = f"{reverse('flashcards:card-edit', args=[ahead.pk])}?review=skill%3D{skill.pk}%26ahead%3D1"
    assert address in html
    saved = browser.post(address, {"question": "Better?", "answer": "Yes", "tags": ""})
    assert browser.get(saved["Location"]).context["scope"].skill == skill


@pytest.mark.parametrize("name", ["goal", "skill"])
def test_an_unknown_goal_or_skill_is_404(
    browser: Client, mallory: User, client_of: Callable[[User], Client], skill: SkillNode, name: str
) -> None:
    ids = {"goal": skill.tree.goal.pk, "skill": skill.pk}
    assert client_of(mallory).get(study(**{name: ids[name]})).status_code == 404
    for unknown in (uuid4(), "x"):
        assert browser.get(study(**{name: unknown})).status_code == 404


def test_without_a_goal_it_is_the_review(browser: Client, alice: User) -> None:
    card = CardFactory(owner=alice)
    page = browser.get(STUDY)
    assert page.context["review"].card == card
    assert f'action="{reverse("quiz:review")}"' in page.content.decode()
