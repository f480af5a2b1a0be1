"""Reads of review: what to ask now, and what was answered."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from accounts.models import User
from flashcards.models import Card, CardState
from quiz.models import Rating, Review
from quiz.scheduling.fsrs_scheduler import Outcome
from quiz.scheduling.interval_labels import interval_label
from quiz.scheduling.review_context import Asking, asking_of

# A step that ends within this time is asked now when nothing else is left.
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


@dataclass(frozen=True)
class Asked:
    """One card and what each rating would make of it, in the order of the buttons."""

    card: Card
    previews: list[Outcome]


@dataclass(frozen=True)
class Queue:
    asked: list[Asked]
    counts: Counts


def due_queue(*, owner: User, at: datetime, limit: int) -> Queue:
    """What to ask now: steps that have ended, then reviews of the day, then new cards, then steps about to end.

    A review with an interval of days is due from the start of its day.
    """
    asking = asking_of(owner)
    today = _Today.of(owner, asking, at)
    cards, counts = today.look(limit)
    return Queue([Asked(card, asking.previews(card, at)) for card in cards], counts)


def due_counts(*, owner: User, at: datetime) -> Counts:
    """How many cards are left today."""
    return _Today.of(owner, asking_of(owner), at).counts()


@dataclass(frozen=True)
class Button:
    rating: Rating
    interval: str


@dataclass(frozen=True)
class Room:
    """The review page: the card to ask, its four buttons, and how far the day has come. No card: all done."""

    card: Card | None
    buttons: list[Button]
    counts: Counts
    answered: int
    unseen_left: bool

    @property
    def planned(self) -> int:
        return self.answered + self.counts.total


def room_of(*, owner: User, at: datetime, card_id: UUID | None = None) -> Room:
    """The card that was asked for, as long as it is studied, or else the first of the queue."""
    asking = asking_of(owner)
    today = _Today.of(owner, asking, at)
    studied = Card.objects.filter(owner=owner).studied(at)
    queue, counts = today.look(1)
    wanted = studied.filter(pk=card_id).first() if card_id else None
    card = wanted or next(iter(queue), None)
    outcomes = asking.previews(card, at) if card else []
    return Room(
        card=card,
        buttons=[Button(Rating(rating), interval_label(each.interval)) for rating, each in enumerate(outcomes, 1)],
        counts=counts,
        answered=today.answered,
        unseen_left=card is None and studied.filter(state=CardState.NEW).exists(),
    )


def history(*, owner: User, since: datetime | None = None, until: datetime | None = None) -> QuerySet[Review]:
    """The person's reviews from `since` up to, but without, `until`."""
    reviews = Review.objects.filter(owner=owner)
    if since is not None:
        reviews = reviews.filter(reviewed_at__gte=since)
    if until is not None:
        reviews = reviews.filter(reviewed_at__lt=until)
    return reviews


@dataclass(frozen=True)
class _Today:
    """One person's cards of this day; each list within what the day's limits leave."""

    steps: QuerySet[Card]
    reviews: QuerySet[Card]
    unseen: QuerySet[Card]
    answered: int
    at: datetime

    @classmethod
    def of(cls, owner: User, asking: Asking, at: datetime) -> "_Today":
        done = Review.objects.filter(owner=owner, day=asking.calendar.day_of(at)).aggregate(
            answers=Count("pk"),
            new=Count("pk", filter=Q(state_before=CardState.NEW)),
            review=Count("pk", filter=Q(state_before=CardState.REVIEW)),
        )
        cards = Card.objects.filter(owner=owner)
        new_left = max(0, asking.settings.new_per_day - done["new"])
        reviews_left = max(0, asking.settings.reviews_per_day - done["review"])
        return cls(
            steps=cards.learning(at=at, until=at + LEARN_AHEAD).order_by("due", "id"),
            reviews=cards.to_review(at=at, before=asking.calendar.end_of(at)).order_by("due", "id")[:reviews_left],
            unseen=cards.unseen(at=at).order_by("id")[:new_left],
            answered=done["answers"],
            at=at,
        )

    def counts(self) -> Counts:
        return Counts(new=self.unseen.count(), learning=self.steps.count(), review=self.reviews.count())

    def look(self, limit: int) -> tuple[list[Card], Counts]:
        """The first `limit` cards, and how many there are: counted only where the cards at hand don't say it."""
        steps = list(self.steps[:limit])
        ended = [card for card in steps if card.due <= self.at]
        reviews, review = _first(self.reviews, limit - len(ended))
        unseen, new = _first(self.unseen, limit - len(ended) - len(reviews))
        learning = self.steps.count() if len(steps) == limit else len(steps)
        found = [*ended, *reviews, *unseen, *steps[len(ended) :]][:limit]
        return found, Counts(new=new, learning=learning, review=review)


def _first(cards: QuerySet[Card], number: int) -> tuple[list[Card], int]:
    """The first `number` cards, and how many there are in all."""
    found = list(cards[:number]) if number else []
    return found, len(found) if len(found) < number else cards.count()
