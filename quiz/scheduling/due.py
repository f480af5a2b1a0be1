"""The cards of one user that are due today, within the day's limits. Each page of review reads them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self
from uuid import UUID

from accounts.models import User
from flashcards.models import STEP_STATES, Card, CardState
from quiz.scheduling.queues import Queue, queue_of
from quiz.scheduling.review_context import ReviewContext
from quiz.scheduling.scope import ALL_CARDS, StudyScope

# A card whose step ends within this time is shown early when no other card is left: Anki's learn-ahead limit.
LEARN_AHEAD = timedelta(minutes=20)
NO_LIMIT = 10**6  # cards


@dataclass(frozen=True)
class Counts:
    """How many cards are left today, within the day's limits unless the user studies ahead."""

    new: int
    learning: int
    review: int

    @property
    def total(self) -> int:
        return self.new + self.learning + self.review


@dataclass(frozen=True)
class DueToday:
    """What is due at `at` in one scope. `answered` is the number of today's reviews there."""

    scope: StudyScope
    at: datetime
    tomorrow: datetime
    counts: Counts
    answered: int
    _queue: Queue
    _values: dict[str, Any]  # of both statements of the queue

    @classmethod
    def of(cls, owner: User, context: ReviewContext, at: datetime, scope: StudyScope = ALL_CARDS) -> Self:
        day, tomorrow = context.calendar.day_of(at), context.calendar.end_of(at)
        queue, ids = queue_of(scope)
        new_per_day, reviews_per_day = context.settings.new_per_day, context.settings.reviews_per_day
        if scope.ahead:
            new_per_day = reviews_per_day = NO_LIMIT
        values = {
            "owner_id": owner.pk,
            "at": at,
            "ahead": at + LEARN_AHEAD,
            "today": context.calendar.start_of(day),
            "tomorrow": tomorrow,
            **ids,
        }
        found = queue.counts(**values, day=day, reviews_per_day=reviews_per_day, new_per_day=new_per_day)
        counts = Counts(
            new=min(found["new"], max(0, new_per_day - found["answered_new"])),
            learning=found["steps"],
            review=min(found["reviews"], max(0, reviews_per_day - found["answered_reviews"])),
        )
        return cls(scope, at, tomorrow, counts, found["answered"], queue, values)

    def first(self, limit: int) -> list[Card]:
        """The first `limit` cards: steps that have ended, due reviews, new cards, steps that end soon, then the rest.

        The rest is studied ahead.
        """
        if not self.counts.total:
            return []
        # New cards come after all reviews, except after those that are studied ahead.
        before_new = 0 if self.scope.ahead else self.counts.review
        found = self._queue.cards(
            **self._values,
            steps=min(limit, self.counts.learning),
            reviews=min(limit, self.counts.review),
            new=min(max(0, limit - before_new), self.counts.new),
        )
        return sorted(found, key=self._place)[:limit]

    def _place(self, card: Card) -> tuple[int, datetime, UUID]:
        if card.state == CardState.NEW:
            return 2, self.at, card.pk  # in the order in which they were added
        if card.state in STEP_STATES:
            return (0 if card.due <= self.at else 3 if card.due <= self.at + LEARN_AHEAD else 4), card.due, card.pk
        return (1 if card.due < self.tomorrow else 4), card.due, card.pk
