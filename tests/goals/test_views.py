from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from goals.models import SkillNode
from tests.factories import CardFactory, GoalFactory, SkillNodeFactory

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


def test_the_list_has_the_mastery_of_each_goal_and_where_to_study(browser: Client, alice: User) -> None:
    skill = SkillNodeFactory(tree__goal__owner=alice, tree__goal__title="Spanish")
    CardFactory(owner=alice, skill=skill, reviewed=True)
    GoalFactory(owner=alice, title="Cello")
    GoalFactory(owner=alice, title="Chess", status="done")
    html = browser.get(LIST).content.decode()
    assert "Chess" not in html
    assert f"{reverse('quiz:study')}?goal={skill.tree.goal_id}" in html
    assert html.count("<progress") == html.count("no skills yet") == 1
    assert reverse("flashcards:skill-detail", args=[skill.pk]) in html  # to learn next
    assert "Chess" in browser.get(LIST, {"show": "done"}).content.decode()
    assert "No goals here." in browser.get(LIST, {"show": "archived"}).content.decode()


def test_a_goal_is_moved_up(browser: Client, alice: User) -> None:
    first, second = GoalFactory.create_batch(2, owner=alice)
    move = reverse("goals:goal-move", args=[second.pk])
    assert browser.post(move, {"before": GoalFactory().pk}).status_code == 404
    assert browser.post(move, {"before": "x"}).status_code == 404
    assert browser.post(move, {"before": first.pk}).status_code == 302
    assert list(alice.goals.in_order()) == [second, first]
    browser.post(move, {})
    assert list(alice.goals.in_order()) == [first, second]


def skill_of(parent: SkillNode, **fields: object) -> SkillNode:
    skill: SkillNode = SkillNodeFactory(parent=parent, **fields)
    return skill


def test_the_page_of_a_goal_shows_its_skills(browser: Client, alice: User) -> None:
    branch = SkillNodeFactory(tree__goal__owner=alice, title="Grammar")
    skill = skill_of(branch, title="<i>ser</i>")
    CardFactory(owner=alice, skill=skill, reviewed=True)
    html = browser.get(branch.tree.goal.get_absolute_url()).content.decode()
    assert (
        html.count("&lt;i&gt;ser&lt;/i&gt;") == 6
    )  # fading, next and its test, in the drawing, its tooltip, and the outline
    assert "<i>ser" not in html
    assert "1 / 1" in html
    assert "You have answered all cards of this goal at least once." in html


def test_a_goal_without_skills_says_how_to_get_them(browser: Client, alice: User) -> None:
    html = browser.get(GoalFactory(owner=alice).get_absolute_url()).content.decode()
    assert "No skills yet" in html


def test_many_skills_take_as_many_queries_as_few(
    browser: Client, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    branch = SkillNodeFactory(tree__goal__owner=alice)
    for skill in SkillNodeFactory.create_batch(10, parent=branch):
        CardFactory.create_batch(2, owner=alice, skill=skill)
    with django_assert_num_queries(10):  # two are those of the session
        browser.get(branch.tree.goal.get_absolute_url())
