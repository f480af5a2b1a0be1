"""Statistics of a user's reviews: today, the last month, the next month, the year.

They read the daily roll-up (`quiz.progress.review_days`), so their cost does not grow with the history.
"""

from collections import Counter
from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db.models import Count, DateTimeField, F, Func, IntegerField, Q, QuerySet, Sum, Value

from accounts.models import User
from flashcards.models import STEP_STATES, STUDIED_STATUSES, Card, CardQuerySet, CardState, CardStatus
from goals.models import Goal
from quiz.models import Rating, ReviewDay
from quiz.scheduling.calendar import Calendar
from quiz.scheduling.review_context import review_context

RETENTION_DAYS = 30
FORECAST_DAYS = 30
HEATMAP_DAYS = 365
_NUMBER = IntegerField()


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


@dataclass(frozen=True)
class _Day:
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
    today = context.calendar.day_of(at)
    cards, days = Card.objects.filter(owner=owner), ReviewDay.objects.filter(owner=owner)
    if goal is not None:
        cards, days = cards.of_goal(goal.pk), days.filter(goal_id=goal.pk)
    by_day = _by_day(days)
    return Progress(
        today=_today(by_day.get(today)),
        totals=_totals(cards, sum(day.reviews for day in by_day.values())),
        retention=_retention(by_day.values(), today),
        desired_retention=(goal and goal.desired_retention) or context.scheduler.desired_retention,
        forecast=_forecast(cards, context.calendar, at),
        heatmap=_heatmap(by_day.values(), today),
        streak=_streak(by_day, today),
    )


def _by_day(days: "QuerySet[ReviewDay]") -> dict[date, _Day]:
    """All days with reviews, in their order."""
    seen, new, again = ~Q(state_before=CardState.NEW), Q(state_before=CardState.NEW), Q(rating=Rating.AGAIN)
    sums = {
        "reviews": Sum("reviews"),
        "new": Sum("reviews", filter=new, default=0),
        "again": Sum("reviews", filter=again, default=0),
        "duration_ms": Sum("duration_ms"),
        "first": Sum("first_reviews", filter=seen, default=0),
        "remembered": Sum("first_reviews", filter=seen & ~again, default=0),
    }
    # By another name, because an aggregate cannot have that of a field which it reads.
    rows = days.order_by("day").values_list("day").annotate(**{f"sum_{name}": sum_ for name, sum_ in sums.items()})
    return {row[0]: _Day(*row) for row in rows}


def _today(day: _Day | None) -> Today:
    if day is None:
        return Today(reviews=0, new=0, again=0, duration_ms=0)
    return Today(reviews=day.reviews, new=day.new, again=day.again, duration_ms=day.duration_ms)


def _totals(cards: CardQuerySet, reviews: int) -> Totals:
    counts = {
        (state, status): count
        for state, status, count in cards.in_deck().order_by().values_list("state", "status").annotate(count=Count("*"))
    }

    def count(*states: CardState) -> int:
        return sum(number for (state, _status), number in counts.items() if state in states)

    return Totals(
        cards=sum(counts.values()),
        new=count(CardState.NEW),
        learning=count(*STEP_STATES),
        review=count(CardState.REVIEW),
        suspended=sum(number for (_state, status), number in counts.items() if status == CardStatus.SUSPENDED),
        reviews=reviews,
    )


def _retention(days: Iterable[_Day], today: date) -> Retention:
    recent = [day for day in days if today - timedelta(days=RETENTION_DAYS) < day.day <= today]
    answers = sum(day.first for day in recent)
    return Retention(sum(day.remembered for day in recent) / answers if answers else None, answers)


def _forecast(cards: CardQuerySet, calendar: Calendar, at: datetime) -> list[DayCount]:
    """Cards due on each of the next days. Overdue cards count for today."""
    days = [calendar.day_of(at) + timedelta(days=number) for number in range(FORECAST_DAYS)]
    ends = [calendar.start_of(day + timedelta(days=1)) for day in days]
    bucket = Func(F("due"), Value(ends, ArrayField(DateTimeField())), function="width_bucket", output_field=_NUMBER)
    counts: Counter[int] = Counter()
    studied = cards.alive().filter(status__in=STUDIED_STATUSES, due__lt=ends[-1])
    # Each of these reads an index of its own.
    for due in (studied.filter(state=CardState.REVIEW), studied.filter(state__in=STEP_STATES)):
        counts.update(dict(due.order_by().values_list(bucket).annotate(count=Count("*"))))
    return [DayCount(day, counts[number]) for number, day in enumerate(days)]


def _heatmap(days: Iterable[_Day], today: date) -> list[DayCount]:
    return [DayCount(day.day, day.reviews) for day in days if today - timedelta(days=HEATMAP_DAYS) < day.day <= today]


def _streak(days: Container[date], today: date) -> int:
    """Consecutive days with a review, up to today, or up to yesterday while today has none."""
    end = today if today in days else today - timedelta(days=1)
    length = 0
    while end - timedelta(days=length) in days:
        length += 1
    return length
