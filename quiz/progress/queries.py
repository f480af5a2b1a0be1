"""Statistics of a user's reviews: today, the last month, the next month, the year.

They read the daily roll-up (`quiz.progress.review_days`), so their cost does not grow with the history.
"""

from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from accounts.models import User
from base.sql.prepared import PreparedRows
from flashcards.models import CardState
from goals.models import Goal
from quiz.models import Rating, ReviewDay
from quiz.progress.deck import DeckCounts
from quiz.scheduling.calendar import Calendar
from quiz.scheduling.review_context import review_context

RETENTION_DAYS = 30
FORECAST_DAYS = 30
HEATMAP_DAYS = 365


@dataclass(frozen=True)
class Today:
    reviews: int
    new: int
    again: int
    duration_ms: int

    @property
    def minutes(self) -> int:
        return round(self.duration_ms / 60_000)


@dataclass(frozen=True)
class Totals:
    """Cards of the deck by state; `learning` includes relearning."""

    cards: int
    new: int
    learning: int
    review: int
    suspended: int
    reviews: int


@dataclass(frozen=True)
class Retention:
    """True retention: of the first reviews of cards each day, the share that was not Again. New cards don't count.

    `share` is None when there are no such reviews.
    """

    share: float | None
    answers: int
    days: int = RETENTION_DAYS

    @property
    def percent(self) -> int:
        return round(100 * (self.share or 0))


@dataclass(frozen=True)
class DayCount:
    day: date
    count: int


@dataclass(frozen=True)
class Progress:
    today: Today
    totals: Totals
    retention: Retention
    desired_retention: float
    forecast: list[DayCount]
    heatmap: list[DayCount]
    streak: int

    @property
    def desired_percent(self) -> int:
        return round(100 * self.desired_retention)

    @property
    def max_forecast_count(self) -> int:
        """At least 1, as the bars of the page are drawn relative to it."""
        return max([1, *(day.count for day in self.forecast)])

    @property
    def months(self) -> list[DayCount]:
        """The heatmap summed by month, latest first. Each month is dated by its first day."""
        counts: Counter[date] = Counter()
        for day in self.heatmap:
            counts[day.day.replace(day=1)] += day.count
        return [DayCount(month, counts[month]) for month in sorted(counts, reverse=True)]

    @property
    def max_month_count(self) -> int:
        """At least 1, as the bars of the page are drawn relative to it."""
        return max([1, *(month.count for month in self.months)])


class _Day(NamedTuple):
    """The reviews of one day. True retention is the share of `remembered` in `first`."""

    day: date
    reviews: int
    new: int
    again: int
    duration_ms: int
    first: int
    remembered: int


def progress_of(*, owner: User, at: datetime, goal: Goal | None = None) -> Progress:
    """The statistics of one user at `at`. Days are the user's own; the heatmap has only days with reviews.

    With `goal`, only the cards of its skills count, and the reviews that were made for it.
    """
    context = review_context(owner)
    today, by_day = context.calendar.day_of(at), _by_day(owner, goal)
    next_days = [today + timedelta(days=number) for number in range(FORECAST_DAYS)]
    deck = _deck(owner, goal, context.calendar, next_days)
    return Progress(
        today=_today(by_day.get(today)),
        totals=Totals(
            cards=deck.cards,
            new=deck.new,
            learning=deck.learning,
            review=deck.review,
            suspended=deck.suspended,
            reviews=sum(day.reviews for day in by_day.values()),
        ),
        retention=_retention(by_day.values(), today),
        desired_retention=(goal and goal.desired_retention) or context.scheduler.desired_retention,
        forecast=[DayCount(day, count) for day, count in zip(next_days, deck.due, strict=True)],
        heatmap=_heatmap(by_day.values(), today),
        streak=_streak(by_day, today),
    )


def _by_day(owner: User, goal: Goal | None) -> dict[date, _Day]:
    """All days with reviews, in their order."""
    rows = _DAYS_OF_GOAL(owner_id=owner.pk, goal_id=goal.pk) if goal else _DAYS(owner_id=owner.pk)
    return {row[0]: _Day._make(row) for row in rows}


def _sums_by_day(**filters: UUID) -> "QuerySet[ReviewDay, Any]":
    seen, new, again = ~Q(state_before=CardState.NEW), Q(state_before=CardState.NEW), Q(rating=Rating.AGAIN)
    sums = {
        "reviews": Sum("reviews"),
        "new": Sum("reviews", filter=new, default=0),
        "again": Sum("reviews", filter=again, default=0),
        "duration_ms": Sum("duration_ms"),
        "first": Sum("first_reviews", filter=seen, default=0),
        "remembered": Sum("first_reviews", filter=seen & ~again, default=0),
    }
    days = ReviewDay.objects.filter(**filters).order_by("day")
    # By another name, because an aggregate cannot have that of a field which it reads.
    return days.values_list("day").annotate(**{f"sum_{name}": sum_ for name, sum_ in sums.items()})


_DAYS = PreparedRows(_sums_by_day, owner_id=UUID)
_DAYS_OF_GOAL = PreparedRows(_sums_by_day, owner_id=UUID, goal_id=UUID)


def _today(day: _Day | None) -> Today:
    if day is None:
        return Today(reviews=0, new=0, again=0, duration_ms=0)
    return Today(reviews=day.reviews, new=day.new, again=day.again, duration_ms=day.duration_ms)


def _retention(days: Iterable[_Day], today: date) -> Retention:
    recent = [day for day in days if today - timedelta(days=RETENTION_DAYS) < day.day <= today]
    answers = sum(day.first for day in recent)
    return Retention(sum(day.remembered for day in recent) / answers if answers else None, answers)


def _deck(owner: User, goal: Goal | None, calendar: Calendar, days: Sequence[date]) -> DeckCounts:
    """Overdue cards are due on the first of `days`."""
    ends = [calendar.start_of(day + timedelta(days=1)) for day in days]
    if goal is None:
        return DeckCounts.of_all(owner_id=owner.pk, ends=ends)
    return DeckCounts.of_goal(owner_id=owner.pk, goal_id=goal.pk, ends=ends)


def _heatmap(days: Iterable[_Day], today: date) -> list[DayCount]:
    return [DayCount(day.day, day.reviews) for day in days if today - timedelta(days=HEATMAP_DAYS) < day.day <= today]


def _streak(days: Container[date], today: date) -> int:
    """Consecutive days with a review, up to today, or up to yesterday while today has none."""
    end = today if today in days else today - timedelta(days=1)
    length = 0
    while end - timedelta(days=length) in days:
        length += 1
    return length
