"""How the learning goes, in numbers: today, the last month, the next month, the year."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q, Sum

from accounts.models import User
from flashcards.models import Card, CardState, CardStatus
from quiz.models import Rating, Review
from quiz.scheduling.review_context import Asking, asking_of

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
    """Cards of the deck by what they are; `learning` counts relearning too."""

    cards: int
    new: int
    learning: int
    review: int
    suspended: int
    reviews: int


@dataclass(frozen=True)
class Retention:
    """`share` of the first answers of a day that were not Again, cards that were new left out; None without any."""

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
    def busiest_ahead(self) -> int:
        return max([1, *(day.count for day in self.forecast)])

    @property
    def months(self) -> list[DayCount]:
        """The heatmap by month, each under its first day, the latest first."""
        counts: Counter[date] = Counter()
        for day in self.heatmap:
            counts[day.day.replace(day=1)] += day.count
        return [DayCount(month, counts[month]) for month in sorted(counts, reverse=True)]

    @property
    def busiest_month(self) -> int:
        return max([1, *(month.count for month in self.months)])


def progress_of(*, owner: User, at: datetime) -> Progress:
    """The numbers of one person at `at`; days are theirs, and days without reviews are left out of the heatmap."""
    asking = asking_of(owner)
    day = asking.calendar.day_of(at)
    return Progress(
        today=_today(owner, day),
        totals=_totals(owner),
        retention=_retention(owner, day),
        desired_retention=asking.plan.desired_retention,
        forecast=_forecast(owner, asking, at),
        heatmap=_per_day(owner, day),
        streak=_streak(owner, day),
    )


def _today(owner: User, day: date) -> Today:
    return Today(
        **Review.objects.filter(owner=owner, day=day).aggregate(
            reviews=Count("pk"),
            new=Count("pk", filter=Q(state_before=CardState.NEW)),
            again=Count("pk", filter=Q(rating=Rating.AGAIN)),
            duration_ms=Sum("duration_ms", default=0),
        )
    )


def _totals(owner: User) -> Totals:
    cards = Card.objects.in_deck().filter(owner=owner)
    return Totals(
        **cards.aggregate(
            cards=Count("pk"),
            new=Count("pk", filter=Q(state=CardState.NEW)),
            learning=Count("pk", filter=Q(state__in=[CardState.LEARNING, CardState.RELEARNING])),
            review=Count("pk", filter=Q(state=CardState.REVIEW)),
            suspended=Count("pk", filter=Q(status=CardStatus.SUSPENDED)),
        ),
        reviews=Review.objects.filter(owner=owner).count(),
    )


def _retention(owner: User, day: date) -> Retention:
    reviews = Review.objects.filter(owner=owner, day__gt=day - timedelta(days=RETENTION_DAYS), day__lte=day)
    known = reviews.filter(card__isnull=False)
    first = known.order_by("card", "day", "reviewed_at").distinct("card", "day").values_list("state_before", "rating")
    ratings = [rating for state, rating in first if state != CardState.NEW]
    remembered = sum(rating != Rating.AGAIN for rating in ratings)
    return Retention(remembered / len(ratings) if ratings else None, len(ratings))


def _forecast(owner: User, asking: Asking, at: datetime) -> list[DayCount]:
    """Reviews that fall due on each of the next days; what is overdue is of today."""
    calendar, today = asking.calendar, asking.calendar.day_of(at)
    end = calendar.start_of(today + timedelta(days=FORECAST_DAYS))
    studied = Card.objects.filter(owner=owner).alive().filter(status__in=[CardStatus.ACTIVE, CardStatus.BURIED])
    counts = dict.fromkeys((today + timedelta(days=number) for number in range(FORECAST_DAYS)), 0)
    for due in studied.exclude(state=CardState.NEW).filter(due__lt=end).values_list("due", flat=True).iterator():
        counts[max(today, calendar.day_of(due))] += 1
    return [DayCount(day, count) for day, count in counts.items()]


def _per_day(owner: User, day: date) -> list[DayCount]:
    year = Review.objects.filter(owner=owner, day__gt=day - timedelta(days=HEATMAP_DAYS), day__lte=day)
    rows = year.values("day").annotate(count=Count("pk")).order_by("day")
    return [DayCount(row["day"], row["count"]) for row in rows]


def _streak(owner: User, day: date) -> int:
    """Days in a row with an answer, up to today; a day that has only begun breaks nothing."""
    days = set(Review.objects.filter(owner=owner).values_list("day", flat=True).distinct())
    end = day if day in days else day - timedelta(days=1)
    length = 0
    while end - timedelta(days=length) in days:
        length += 1
    return length
