from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from goals.models import SkillPrerequisite
from goals.trees.queries import read_tree, tree_of
from tests.factories import GoalFactory, SkillNodeFactory, SkillTreeFactory

pytestmark = pytest.mark.django_db


def test_a_tree_is_read_whole_and_in_order(alice: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    tree = SkillTreeFactory(goal__owner=alice, revision=7)
    second = SkillNodeFactory(tree=tree, title="Grammar", position=1)
    first = SkillNodeFactory(tree=tree, title="Nouns", position=0, known_at=timezone.now(), known_stability=8.3)
    below = SkillNodeFactory(parent=second, title="Past", position=1)
    deepest = SkillNodeFactory(parent=below, title="Irregular")
    deleted = SkillNodeFactory(parent=second, title="Old", position=0, deleted_at=timezone.now())
    for requires in (first, deleted):
        SkillPrerequisite.objects.create(owner=alice, node=deepest, requires=requires)
    with django_assert_num_queries(2):
        read = tree_of(tree.goal)
    assert read is not None
    assert [(skill.title, skill.path) for skill in read] == [
        ("Nouns", ()),
        ("Grammar", ()),
        ("Past", ("Grammar",)),
        ("Irregular", ("Grammar", "Past")),
    ]
    assert (read.revision, read.status, read.goal_id) == (7, "accepted", tree.goal_id)
    last = read.find(deepest.pk)
    assert last is not None
    assert (last.requires, last.parent_id, last.depth) == ([first.pk], below.pk, 3)
    assert read.branches[0].known_stability == 8.3
    assert read.find(deleted.pk) is None


def test_the_accepted_tree_comes_before_the_proposed_one(alice: User) -> None:
    goal = GoalFactory(owner=alice)
    SkillTreeFactory(goal=goal, status="replaced", created_at=timezone.now() - timedelta(days=1))
    assert tree_of(goal) is None
    proposed = SkillTreeFactory(goal=goal, status="proposed")
    assert tree_of(goal) == read_tree(proposed)
    accepted = SkillTreeFactory(goal=goal)
    assert tree_of(goal) == read_tree(accepted)
    assert tree_of(goal, proposed=True) == read_tree(proposed)
