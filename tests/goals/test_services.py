from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from goals import services
from goals.errors import GoalPurged
from goals.models import Goal
from tests.factories import CardFactory, GoalFactory, SkillNodeFactory

pytestmark = pytest.mark.django_db


def titles(owner: User) -> list[str]:
    return [goal.title for goal in owner.goals.alive().in_order()]


def test_goals_are_in_the_order_that_the_user_chose(alice: User) -> None:
    goals = [services.create_goal(owner=alice, title=title) for title in "abcd"]
    stranger = GoalFactory()
    services.order_goals(owner=alice, ids=[goals[2].pk, stranger.pk, goals[1].pk, goals[2].pk])
    assert titles(alice) == ["c", "b", "a", "d"]
    services.create_goal(owner=alice, title="e")
    assert titles(alice) == ["c", "b", "a", "d", "e"]


def test_a_purged_goal_leaves_its_cards(alice: User) -> None:
    skill = SkillNodeFactory(tree__goal__owner=alice)
    card = CardFactory(owner=alice, skill=skill)
    goal, at = skill.tree.goal, timezone.now()
    services.delete_goal(goal=goal, at=at)
    services.purge_goals(at=at + services.UNDO_TIME)
    assert services.restore_goal(goal=goal).deleted_at is None
    services.delete_goal(goal=goal, at=at)
    services.purge_goals(at=at + services.UNDO_TIME + timedelta(seconds=1))
    assert not Goal.objects.exists()
    with pytest.raises(GoalPurged):
        services.restore_goal(goal=goal)
    card.refresh_from_db()
    assert card.skill is None
