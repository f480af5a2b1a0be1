"""The statements that read which cards are due: in all of a user's cards, in a goal, or in a skill."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import User
from base.sql.prepared import PreparedCounts, PreparedQuery
from flashcards.models import STEP_STATES, Card, CardQuerySet, CardState
from quiz.models import Review
from quiz.scheduling.scope import StudyScope

Cards = Callable[..., CardQuerySet]


def _all_cards(owner_id: UUID, **_: Any) -> CardQuerySet:
    return Card.objects.filter(owner_id=owner_id)


def _cards_of_goal(owner_id: UUID, goal_id: UUID, **_: Any) -> CardQuerySet:
    return _all_cards(owner_id).of_goal(goal_id)


def _cards_of_skill(owner_id: UUID, skill_id: UUID, **_: Any) -> CardQuerySet:
    return _all_cards(owner_id).of_skill(skill_id)


def _answered(owner_id: UUID, day: date, **_: Any) -> "QuerySet[Review]":
    return Review.objects.filter(owner_id=owner_id, day=day)


def _answered_new(**values: Any) -> "QuerySet[Review]":
    return _answered(**values).filter(state_before=CardState.NEW)


def _answered_reviews(tomorrow: datetime, **values: Any) -> "QuerySet[Review]":
    """Those that were due: a card that was studied ahead leaves the others their places within the day's limit."""
    return _answered(**values).filter(state_before=CardState.REVIEW, due_before__lt=tomorrow)


class Queue:
    """What is due among `cards`, a function that takes `owner_id` and the ids in `scope`."""

    def __init__(self, cards: Cards, **scope: type) -> None:
        self.cards_in_scope = cards
        moments = dict.fromkeys(("at", "ahead", "today", "tomorrow"), datetime)
        # The counts are cut in PostgreSQL, because a deck may have thousands of new cards and reviews.
        self.counts = PreparedCounts(
            {
                "answered": self.answered if scope else _answered,
                "answered_new": _answered_new,
                "answered_reviews": _answered_reviews,
                "steps": self.steps,
                "reviews": lambda reviews_per_day, **values: self.reviews(**values)[:reviews_per_day],
                "new": lambda new_per_day, **values: self.new(**values)[:new_per_day],
            },
            owner_id=UUID,
            day=date,
            **moments,
            reviews_per_day=int,
            new_per_day=int,
            **scope,
        )
        self.cards = PreparedQuery(
            self._first_of_each, owner_id=UUID, **moments, steps=int, reviews=int, new=int, **scope
        )

    def answered(self, **values: Any) -> "QuerySet[Review]":
        return _answered(**values).filter(card__in=self.cards_in_scope(**values))

    def steps(self, at: datetime, ahead: datetime, today: datetime, **values: Any) -> CardQuerySet:
        return self.cards_in_scope(**values).learning(at=at, until=ahead)

    def reviews(self, at: datetime, today: datetime, tomorrow: datetime, **values: Any) -> CardQuerySet:
        return self.cards_in_scope(**values).to_review(at=at, before=tomorrow)

    def new(self, at: datetime, **values: Any) -> CardQuerySet:
        return self.cards_in_scope(**values).new(at=at)

    def _first_of_each(self, steps: int, reviews: int, new: int, **values: Any) -> CardQuerySet:
        first_steps = self.steps(**values).order_by("due", "id")[:steps]
        first_reviews = self.reviews(**values).order_by("due", "id")[:reviews]
        first_new = self.new(**values).order_by("id")[:new]
        first = first_steps.union(first_reviews, first_new, all=True)
        # Joined once, not in each part of the union, which would take PostgreSQL three times as long to plan.
        return Card.objects.filter(pk__in=first.values("pk")).joined()


class QueueAhead(Queue):
    """With the cards that are not due, unless they were answered today: FSRS would learn nothing from them."""

    def steps(self, at: datetime, ahead: datetime, today: datetime, **values: Any) -> CardQuerySet:
        cards = self.cards_in_scope(**values).studied(at).filter(state__in=STEP_STATES)
        return cards.filter(Q(due__lte=ahead) | Q(last_review__lt=today))

    def reviews(self, at: datetime, today: datetime, tomorrow: datetime, **values: Any) -> CardQuerySet:
        cards = self.cards_in_scope(**values).studied(at).filter(state=CardState.REVIEW)
        return cards.filter(Q(due__lt=tomorrow) | Q(last_review__lt=today))


_QUEUES: dict[tuple[bool, str], Queue] = {
    (ahead, name): kind(cards, **dict.fromkeys(filter(None, [name]), UUID))
    for ahead, kind in ((False, Queue), (True, QueueAhead))
    for name, cards in (("", _all_cards), ("goal_id", _cards_of_goal), ("skill_id", _cards_of_skill))
}


def queue_of(scope: StudyScope) -> tuple[Queue, dict[str, UUID]]:
    """The queue of this scope, and the id that its statements take."""
    ids = {}
    if scope.skill is not None:
        ids = {"skill_id": scope.skill.pk}
    elif scope.goal is not None:
        ids = {"goal_id": scope.goal.pk}
    return _QUEUES[scope.ahead, next(iter(ids), "")], ids


def cards_in(scope: StudyScope, owner: User) -> CardQuerySet:
    """All cards of the scope, whether they are due or not."""
    queue, ids = queue_of(scope)
    return queue.cards_in_scope(owner_id=owner.pk, **ids)
