from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from goals.models import Goal, SkillNode, SkillPrerequisite
from quiz.study.queries import next_steps
from tests.api import ApiClient
from tests.factories import CardFactory, GoalFactory, SkillNodeFactory

NOW = timezone.now()


@pytest.fixture
def goal(alice: User) -> Goal:
    """Nouns are learned; tenses are weak, and build on nouns; texts build on tenses."""
    branch = SkillNodeFactory(tree__goal__owner=alice, title="Grammar")
    nouns, tenses, texts, more = (
        SkillNodeFactory(parent=branch, title=title) for title in ("Nouns", "Tenses", "Texts", "More")
    )
    CardFactory(owner=alice, skill=nouns, reviewed=True, due=NOW + timedelta(days=10))
    CardFactory(owner=alice, skill=tenses, reviewed=True, due=NOW + timedelta(days=10))
    CardFactory(owner=alice, skill=tenses)
    CardFactory.create_batch(2, owner=alice, skill=texts)
    for node, requires in ((tenses, nouns), (texts, tenses)):
        SkillPrerequisite.objects.create(owner=alice, node=node, requires=requires)
    assert isinstance(more, SkillNode)
    goal: Goal = branch.tree.goal
    return goal


def test_what_is_ready_comes_first_with_its_reason(
    goal: Goal, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(4):  # tree, skills, settings, mastery
        steps = next_steps(goal=goal, at=NOW)
    assert [(step.skill.title, step.reason, step.is_ready, step.text) for step in steps] == [
        ("Tenses", "weak", True, "You would recall 50% of it now. Ready, because you learned: Nouns (100%)."),
        ("More", "no-cards", True, "It has no cards yet."),
        ("Texts", "new", False, "Not begun: 2 new cards. It waits for: Tenses (50%)."),
    ]
    assert steps[0].skill.path == ("Grammar",)


def test_a_goal_without_an_accepted_tree_has_no_steps(alice: User) -> None:
    assert next_steps(goal=GoalFactory(owner=alice), at=NOW) == []


def test_programs_get_the_steps(goal: Goal, alice: User, mallory: User, api_of: Callable[[User], ApiClient]) -> None:
    [first, *_] = api_of(alice).get("/study/next", goal_id=goal.pk).body["items"]
    assert (first["title"], first["path"], first["cards"], first["coverage"]) == ("Tenses", ["Grammar"], 2, 0.5)
    assert (first["is_ready"], first["reason"]) == (True, "weak")
    assert api_of(mallory).get("/study/next", goal_id=goal.pk).status == 404
    assert api_of(alice).get("/study/next").status == 422


def test_the_page_says_what_to_learn_next_when_nothing_is_due(
    goal: Goal, alice: User, client_of: Callable[[User], Client]
) -> None:
    nouns, tenses = (SkillNode.objects.get(title=title) for title in ("Nouns", "Tenses"))
    html = client_of(alice).get(f"{reverse('quiz:study')}?skill={nouns.pk}").content.decode()
    assert ("Learn next" in html, f'?skill={tenses.pk}"' in html, "Texts" in html) == (True, True, False)
