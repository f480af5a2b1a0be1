"""The cards that statistics count, in each state and on each day: of a user's deck, or of one goal."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import Count, DateTimeField, F, Func, IntegerField, QuerySet, Value

from base.sql.prepared import PreparedCounts, PreparedCountsInPeriods, PreparedRows
from flashcards.models import STEP_STATES, STUDIED_STATUSES, Card, CardQuerySet, CardState, CardStatus

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class DeckCounts:
    """Cards of the deck by state; `learning` includes relearning. `due` are those due in each of several periods."""

    new: int
    learning: int
    review: int
    suspended: int
    due: list[int]

    @classmethod
    def of_all(cls, *, owner_id: UUID, ends: list[datetime]) -> Self:
        """Each period ends at one of `ends`, which are in order, and the first has begun long ago.

        Two statements, which count entries of indexes and read no rows.
        """
        begins = [_LONG_AGO, *ends[:-1]]
        return cls(**_TOTALS(owner_id=owner_id), due=_DUE(owner_id=owner_id, begins=begins, ends=ends))

    @classmethod
    def of_goal(cls, *, owner_id: UUID, goal_id: UUID, ends: list[datetime]) -> Self:
        """The same of the goal's cards. One statement, which reads them once: no index has them by day."""
        states, due, suspended = Counter[str](), [0] * len(ends), 0
        for state, status, period, count in _OF_GOAL(owner_id=owner_id, goal_id=goal_id, ends=ends):
            states[state] += count
            suspended += count if status == CardStatus.SUSPENDED else 0
            if state != CardState.NEW and status in STUDIED_STATUSES and period < len(due):
                due[period] += count
        learning = sum(states[state] for state in STEP_STATES)
        return cls(states[CardState.NEW], learning, states[CardState.REVIEW], suspended, due)

    @property
    def cards(self) -> int:
        return self.new + self.learning + self.review


def _deck(owner_id: UUID) -> CardQuerySet:
    return Card.objects.filter(owner_id=owner_id).in_deck()


def _due(begin: datetime, end: datetime, owner_id: UUID) -> CardQuerySet:
    studied = Card.objects.filter(owner_id=owner_id).alive().filter(status__in=STUDIED_STATUSES)
    return studied.filter(due__gte=begin, due__lt=end)


def _of_goal(owner_id: UUID, goal_id: UUID, ends: list[datetime]) -> "QuerySet[Card, Any]":
    period = Func(
        F("due"), Value(ends, ArrayField(DateTimeField())), function="width_bucket", output_field=IntegerField()
    )
    cards = _deck(owner_id).of_goal(goal_id).order_by()
    return cards.values_list("state", "status", period).annotate(count=Count("*"))


_TOTALS = PreparedCounts(
    {
        "new": lambda owner_id: _deck(owner_id).filter(state=CardState.NEW),
        "learning": lambda owner_id: _deck(owner_id).filter(state__in=STEP_STATES),
        "review": lambda owner_id: _deck(owner_id).filter(state=CardState.REVIEW),
        "suspended": lambda owner_id: _deck(owner_id).filter(status=CardStatus.SUSPENDED),
    },
    owner_id=UUID,
)
# Each of these reads an index of its own.
_DUE = PreparedCountsInPeriods(
    lambda **values: _due(**values).filter(state=CardState.REVIEW),
    lambda **values: _due(**values).filter(state__in=STEP_STATES),
    owner_id=UUID,
)
_OF_GOAL = PreparedRows(_of_goal, owner_id=UUID, goal_id=UUID, ends=list)
