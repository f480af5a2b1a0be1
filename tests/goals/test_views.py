from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.factories import GoalFactory

pytestmark = pytest.mark.django_db
LIST, CREATE = reverse("goals:goal-list"), reverse("goals:goal-create")


@pytest.fixture
def browser(alice: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(alice)


def test_the_empty_page_says_what_goals_are(browser: Client) -> None:
    page = browser.get(LIST).content.decode()
    assert "A goal grows into a tree of skills." in page
    assert f'href="{CREATE}"' in page


def test_a_goal_is_created_and_changed(browser: Client, alice: User) -> None:
    assert browser.post(CREATE, {"title": "Read Spanish", "target_date": "2027-03-14"}).status_code == 302
    goal = alice.goals.get()
    edit = reverse("goals:goal-edit", args=[goal.pk])
    assert 'value="2027-03-14"' in browser.get(edit).content.decode()
    form = {"title": "Speak <b>Spanish</b>", "status": "paused", "desired_retention": "0.85"}
    page = browser.post(edit, form, follow=True).content.decode()
    assert "Speak &lt;b&gt;Spanish&lt;/b&gt;" in page
    assert "Goal saved." in page
    goal.refresh_from_db()
    assert (goal.target_date, goal.status, goal.desired_retention) == (None, "paused", 0.85)


@pytest.mark.parametrize(
    "form", [{"description": "x"}, {"title": "  "}, {"title": "x" * 201}, {"title": "x", "target_date": "soon"}]
)
def test_an_invalid_form_is_shown_again(browser: Client, alice: User, form: dict[str, str]) -> None:
    assert browser.post(CREATE, form).status_code == 422
    assert not alice.goals.exists()


def test_a_deleted_goal_can_be_restored(browser: Client, alice: User) -> None:
    goal = GoalFactory(owner=alice, title="Read Spanish")
    page = browser.post(reverse("goals:goal-delete", args=[goal.pk]), follow=True).content.decode()
    restore = reverse("goals:goal-restore", args=[goal.pk])
    assert restore in page
    assert "Read Spanish" not in page
    assert browser.get(goal.get_absolute_url()).status_code == 404
    assert "Read Spanish" in browser.post(restore, follow=True).content.decode()
