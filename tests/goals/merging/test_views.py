from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from goals.models import Goal
from tests.factories import GoalFactory, SkillNodeFactory
from tests.stand_ins.ollama import OllamaStandIn

pytestmark = pytest.mark.django_db
CREATE = reverse("goals:goal-create")


@pytest.fixture
def browser(alice: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(alice)


@pytest.fixture
def existing(alice: User) -> Goal:
    return GoalFactory(owner=alice, title="Guitar <b>chords</b>", description="Open chords.")


FORM = {"title": "Learn guitar chords b", "description": "For songs.", "target_date": "2027-03-14"}


def test_a_similar_goal_is_shown_with_what_can_be_done(
    browser: Client, existing: Goal, alice: User, with_ollama: OllamaStandIn
) -> None:
    with_ollama.configure(status=503)
    response = browser.post(CREATE, FORM)
    page = response.content.decode()
    assert response.status_code == 409
    for part in (
        "You have a goal like this.",
        "Only the words were compared",
        "Guitar &lt;b&gt;chords&lt;/b&gt;",
        f'href="{existing.get_absolute_url()}"',
        f'formaction="{reverse("goals:goal-add-to", args=[existing.pk])}"',
        'value="Learn guitar chords b"',
        "Keep both",
    ):
        assert part in page
    assert list(alice.goals.all()) == [existing]
    assert browser.post(CREATE, FORM | {"keep_both": "true"}).status_code == 302
    assert alice.goals.count() == 2


def test_a_new_goal_is_merged_into_the_similar_one(browser: Client, existing: Goal, alice: User) -> None:
    add = reverse("goals:goal-add-to", args=[existing.pk])
    assert browser.post(add, FORM | {"target_date": "soon"}).status_code == 422
    page = browser.post(add, FORM, follow=True).content.decode()
    assert "Merged into this goal." in page
    existing.refresh_from_db()
    assert (existing.description, str(existing.target_date)) == ("Open chords.\n\nFor songs.", "2027-03-14")
    assert list(alice.goals.all()) == [existing]


def test_a_goal_is_merged_into_the_chosen_one(browser: Client, existing: Goal, alice: User) -> None:
    other, similar = GoalFactory(owner=alice, title="Cooking"), GoalFactory(owner=alice, title="Guitar chords b")
    skill = SkillNodeFactory(tree__goal=existing)
    merge = reverse("goals:goal-merge", args=[existing.pk])
    assert f'href="{merge}"' in browser.get(reverse("goals:goal-edit", args=[existing.pk])).content.decode()
    page = browser.get(merge).content.decode()
    assert f'<option value="{similar.pk}" selected>' in page
    assert f'<option value="{other.pk}">' in page
    assert browser.post(merge, {"into": str(GoalFactory().pk)}).status_code == 422
    assert browser.post(merge, {"into": str(existing.pk)}).status_code == 422
    response = browser.post(merge, {"into": str(other.pk)}, follow=True)
    assert "was merged into this goal." in response.content.decode()
    skill.refresh_from_db()
    assert skill.tree.goal == other
    assert browser.get(merge).status_code == 404
