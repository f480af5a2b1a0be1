from datetime import date, timedelta
from typing import Any

import pytest

from quiz.mastery.pace import Pace, pace_of

TODAY = date(2026, 3, 1)


def pace(**values: object) -> Pace:
    defaults: dict[str, Any] = {"left": 100, "answered": 112, "first_day": None, "today": TODAY, "target": None}
    return pace_of(**{**defaults, **values})


def test_the_finish_follows_from_the_mean_of_two_weeks() -> None:
    found = pace(left=104, target=date(2026, 3, 5))
    assert (found.per_day, found.finish, found.days_late) == (8.0, date(2026, 3, 14), 9)


@pytest.mark.parametrize(("days", "per_day"), [(0, 28.0), (6, 4.0), (13, 2.0), (100, 2.0)])
def test_a_new_goal_is_measured_since_its_first_card(days: int, per_day: float) -> None:
    assert pace(answered=28, first_day=TODAY - timedelta(days=days)).per_day == per_day


def test_without_new_cards_there_is_no_finish() -> None:
    found = pace(answered=0, target=date(2026, 3, 10))
    assert (found.finish, found.days_late, found.needed_per_day) == (None, None, 10)


def test_what_is_answered_is_finished() -> None:
    assert pace(left=0, answered=0).finish == TODAY
    assert pace(left=0, target=TODAY + timedelta(days=3)).days_late == -3


def test_a_finish_in_centuries_is_not_told() -> None:
    assert pace(left=100_000, answered=1).finish is None


def test_a_target_date_that_has_passed_asks_for_no_pace() -> None:
    assert pace(target=TODAY).needed_per_day == 100
    assert pace(target=TODAY - timedelta(days=1)).needed_per_day is None
