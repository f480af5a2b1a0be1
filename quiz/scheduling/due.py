"""The cards of one user that are due today, within the day's limits. Each page of review reads them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Self
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import User
from base.sql.prepared import PreparedCounts, PreparedQuery
from flashcards.models import STEP_STATES, Card, CardQuerySet, CardState
from quiz.models import Review
from quiz.scheduling.review_context import ReviewContext

# A card whose step ends within this time is shown early when no other card is left: Anki's learn-ahead limit.
LEARN_AHEAD = timedelta(minutes=20)


@dataclass(frozen=True)
class Counts:
    """How many cards are left today, within the day's limits."""

    new: int
    learning: int
    review: int

    @property
    def total(self) -> int:
        return self.new + self.learning + self.review


NO_CARDS = Counts(new=0, learning=0, review=0)


def _steps(owner_id: UUID, at: datetime, ahead: datetime, **_: Any) -> CardQuerySet:
    return Card.objects.filter(owner_id=owner_id).learning(at=at, until=ahead)


def _reviews(owner_id: UUID, at: datetime, tomorrow: datetime, **_: Any) -> CardQuerySet:
    return Card.objects.filter(owner_id=owner_id).to_review(at=at, before=tomorrow)


def _new(owner_id: UUID, at: datetime, **_: Any) -> CardQuerySet:
    return Card.objects.filter(owner_id=owner_id).new(at=at)


def _answered(owner_id: UUID, day: date, **_: Any) -> "QuerySet[Review]":
    return Review.objects.filter(owner_id=owner_id, day=day)


# The counts are cut in PostgreSQL, because a deck may have thousands of new cards and reviews.
_COUNTS = PreparedCounts(
    {
        "answered": _answered,
        "answered_new": lambda **values: _answered(**values).filter(state_before=CardState.NEW),
        "answered_reviews": lambda **values: _answered(**values).filter(state_before=CardState.REVIEW),
        "steps": _steps,
        "reviews": lambda reviews_per_day, **values: _reviews(**values)[:reviews_per_day],
        "new": lambda new_per_day, **values: _new(**values)[:new_per_day],
    },
    owner_id=UUID,
    day=date,
    at=datetime,
    ahead=datetime,
    tomorrow=datetime,
    reviews_per_day=int,
    new_per_day=int,
)


def _first_of_each(steps: int, reviews: int, new: int, **values: Any) -> CardQuerySet:
    return (
        _steps(**values)
        .order_by("due", "id")[:steps]
        .union(_reviews(**values).order_by("due", "id")[:reviews], _new(**values).order_by("id")[:new], all=True)
    )


_CARDS = PreparedQuery(
    _first_of_each, owner_id=UUID, at=datetime, ahead=datetime, tomorrow=datetime, steps=int, reviews=int, new=int
)


@dataclass(frozen=True)
class DueToday:
    """What is due at `at`. `answered` is the number of today's reviews."""

    owner: User
    at: datetime
    tomorrow: datetime
    counts: Counts
    answered: int

    @classmethod
    def of(cls, owner: User, context: ReviewContext, at: datetime) -> Self:
        settings, tomorrow = context.settings, context.calendar.end_of(at)
        found = _COUNTS(
            owner_id=owner.pk,
            day=context.calendar.day_of(at),
            at=at,
            ahead=at + LEARN_AHEAD,
            tomorrow=tomorrow,
            reviews_per_day=settings.reviews_per_day,
            new_per_day=settings.new_per_day,
        )
        new_left = max(0, settings.new_per_day - found["answered_new"])
        reviews_left = max(0, settings.reviews_per_day - found["answered_reviews"])
        counts = Counts(
            new=min(found["new"], new_left), learning=found["steps"], review=min(found["reviews"], reviews_left)
        )
        return cls(owner=owner, at=at, tomorrow=tomorrow, counts=counts, answered=found["answered"])

    def first(self, limit: int) -> list[Card]:
        """The first `limit` cards: steps that have ended, due reviews, new cards, then steps that end soon."""
        if not self.counts.total:
            return []
        found = _CARDS(
            owner_id=self.owner.pk,
            at=self.at,
            ahead=self.at + LEARN_AHEAD,
            tomorrow=self.tomorrow,
            steps=min(limit, self.counts.learning),
            reviews=min(limit, self.counts.review),
            new=min(max(0, limit - self.counts.review), self.counts.new),
        )
        return sorted(found, key=self._place)[:limit]

    def _place(self, card: Card) -> tuple[int, datetime, UUID]:
        if card.state in STEP_STATES:
            return (0 if card.due <= self.at else 3), card.due, card.pk
        if card.state == CardState.NEW:
            return 2, self.at, card.pk  # in the order in which they were added
        return 1, card.due, card.pk
