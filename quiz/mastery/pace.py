"""When a goal's cards will all have been answered at the present pace, and what its target date asks for."""

from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

WINDOW_DAYS = 14  # the pace is the mean of these days, or of those since the first answer
MAX_DAYS = 3_650  # a forecast beyond ten years says nothing


@dataclass(frozen=True)
class Pace:
    """`left` are the cards that were never answered, and `per_day` how many of them the user answers a day.

    `finish` is None when nothing is answered at present, or when it would take more than ten years.
    """

    left: int
    per_day: float
    finish: date | None
    target: date | None
    today: date

    @property
    def days_late(self) -> int | None:
        """After the target date; negative before it. None without one of the two dates."""
        return (self.finish - self.target).days if self.finish and self.target else None

    @property
    def is_late(self) -> bool:
        return self.days_late is not None and self.days_late > 0

    @property
    def needed_per_day(self) -> int | None:
        """New cards a day from today on until the target date, which counts; None without it or when it has passed."""
        if self.target is None or self.target < self.today:
            return None
        return ceil(self.left / ((self.target - self.today).days + 1))


def pace_of(*, left: int, answered: int, first_day: date | None, today: date, target: date | None) -> Pace:
    """`answered` are the new cards of the last `WINDOW_DAYS` days, today included; `first_day` had the first of all."""
    days = WINDOW_DAYS if first_day is None else min(WINDOW_DAYS, (today - first_day).days + 1)
    per_day = answered / max(1, days)
    days_left = ceil(left / per_day) if per_day else None
    if not left:
        days_left = 0
    finish = today + timedelta(days=days_left) if days_left is not None and days_left <= MAX_DAYS else None
    return Pace(left=left, per_day=per_day, finish=finish, target=target, today=today)
