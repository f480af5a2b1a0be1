"""Statistics of a user's reviews: today, the last month, the next month, the year."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from accounts.models import User
from flashcards.models import Card, CardQuerySet, CardState, CardStatus
from quiz.models import Rating, Review
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


def progress_of(*, owner: User, at: datetime, goal_id: UUID | None = None) -> Progress:
    """The statistics of one user at `at`. Days are the user's own; the heatmap has only days with reviews.

    With `goal_id`, only cards of that goal count. No card belongs to a goal yet, so all numbers are 0.
    """
    context = review_context(owner)
    day = context.calendar.day_of(at)
    cards, reviews = Card.objects.filter(owner=owner), Review.objects.filter(owner=owner)
    if goal_id is not None:
        cards, reviews = cards.none(), reviews.none()
    return Progress(
        today=_today(reviews, day),
        totals=_totals(cards, reviews),
        retention=_retention(reviews, day),
        desired_retention=context.scheduler.desired_retention,
        forecast=_forecast(cards, context.calendar, at),
        heatmap=_heatmap(reviews, day),
        streak=_streak(reviews, day),
    )


def _today(reviews: QuerySet[Review], day: date) -> Today:
    return Today(
        **reviews.filter(day=day).aggregate(
            reviews=Count("pk"),
            new=Count("pk", filter=Q(state_before=CardState.NEW)),
            again=Count("pk", filter=Q(rating=Rating.AGAIN)),
            duration_ms=Sum("duration_ms", default=0),
        )
    )


def _totals(cards: CardQuerySet, reviews: QuerySet[Review]) -> Totals:
    return Totals(
        **cards.in_deck().aggregate(
            cards=Count("pk"),
            new=Count("pk", filter=Q(state=CardState.NEW)),
            learning=Count("pk", filter=Q(state__in=[CardState.LEARNING, CardState.RELEARNING])),
            review=Count("pk", filter=Q(state=CardState.REVIEW)),
            suspended=Count("pk", filter=Q(status=CardStatus.SUSPENDED)),
        ),
        reviews=reviews.count(),
    )


def _retention(reviews: QuerySet[Review], day: date) -> Retention:
    recent = reviews.filter(day__gt=day - timedelta(days=RETENTION_DAYS), day__lte=day, card__isnull=False)
    first = recent.order_by("card", "day", "reviewed_at").distinct("card", "day").values_list("state_before", "rating")
    ratings = [rating for state, rating in first if state != CardState.NEW]
    remembered = sum(rating != Rating.AGAIN for rating in ratings)
    return Retention(remembered / len(ratings) if ratings else None, len(ratings))


def _forecast(cards: CardQuerySet, calendar: Calendar, at: datetime) -> list[DayCount]:
    """Cards due on each of the next days. Overdue cards count for today."""
    today = calendar.day_of(at)
    end = calendar.start_of(today + timedelta(days=FORECAST_DAYS))
    studied = cards.alive().filter(status__in=[CardStatus.ACTIVE, CardStatus.BURIED])
    counts = dict.fromkeys((today + timedelta(days=number) for number in range(FORECAST_DAYS)), 0)
    for due in studied.exclude(state=CardState.NEW).filter(due__lt=end).values_list("due", flat=True).iterator():
        counts[max(today, calendar.day_of(due))] += 1
    return [DayCount(day, count) for day, count in counts.items()]


def _heatmap(reviews: QuerySet[Review], day: date) -> list[DayCount]:
    year = reviews.filter(day__gt=day - timedelta(days=HEATMAP_DAYS), day__lte=day)
    rows = year.values("day").annotate(count=Count("pk")).order_by("day")
    return [DayCount(row["day"], row["count"]) for row in rows]


def _streak(reviews: QuerySet[Review], day: date) -> int:
    """Consecutive days with a review, up to today, or up to yesterday while today has none."""
    days = set(reviews.values_list("day", flat=True).distinct())
    end = day if day in days else day - timedelta(days=1)
    length = 0
    while end - timedelta(days=length) in days:
        length += 1
    return length
