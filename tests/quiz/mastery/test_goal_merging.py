from datetime import date

import pytest
from django.utils import timezone

from accounts.models import User
from goals.merging.services import merge_goals
from quiz.models import MasteryDay
from tests.factories import GoalFactory


def test_the_recorded_days_of_both_goals_become_one_history(alice: User) -> None:
    source, target = GoalFactory.create_batch(2, owner=alice)
    for goal, day, mastery, cards in ((source, 1, 0.2, 10), (source, 2, 0.2, 10), (target, 2, 0.6, 30)):
        MasteryDay.objects.create(
            owner=alice, goal=goal, day=date(2026, 3, day), mastery=mastery, cards=cards, answered=cards
        )
    merge_goals(source=source, target=target, at=timezone.now())
    days = list(target.mastery_days.order_by("day").values_list("day__day", "mastery", "cards", "answered"))
    assert days == [(1, 0.2, 10, 10), (2, pytest.approx(0.5), 40, 40)]
    assert MasteryDay.objects.count() == 2
