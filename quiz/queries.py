"""Reads of reviews: the cards that are due, the review page, the history."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from accounts.models import User
from chat.models import Message
from flashcards.models import Card, CardState
from quiz.models import Rating, Review
from quiz.scheduling.fsrs_scheduler import ScheduledReview
from quiz.scheduling.interval_labels import interval_label
from quiz.scheduling.review_context import ReviewContext, review_context

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


@dataclass(frozen=True)
class DueCard:
    """A card to review, and the effect of each rating in the order of the buttons."""

    card: Card
    previews: list[ScheduledReview]


@dataclass(frozen=True)
class DueQueue:
    cards: list[DueCard]
    counts: Counts


def due_queue(*, owner: User, at: datetime, limit: int) -> DueQueue:
    """The cards to review now: steps that have ended, due reviews, new cards, then steps that end soon.

    A review with an interval of days is due from the start of its day.
    """
    context = review_context(owner)
    cards, counts = _DueToday.of(owner, context, at).first(limit)
    return DueQueue([DueCard(card, context.previews(card, at)) for card in cards], counts)


def due_counts(*, owner: User, at: datetime) -> Counts:
    """How many cards are left today."""
    return _DueToday.of(owner, review_context(owner), at).counts()


@dataclass(frozen=True)
class RatingButton:
    rating: Rating
    interval: str


@dataclass(frozen=True)
class ReviewPage:
    """The card to review with its buttons, and the progress of the day. `card` is None when nothing is left.

    `new_cards_left` then tells whether new cards are left, beyond the day's limit. `source` is the message that the
    card was made from, if its conversation is not deleted.
    """

    card: Card | None
    source: Message | None
    buttons: list[RatingButton]
    counts: Counts
    answered: int
    new_cards_left: bool

    @property
    def planned(self) -> int:
        return self.answered + self.counts.total


def review_page(*, owner: User, at: datetime, card_id: UUID | None = None) -> ReviewPage:
    """The page for the card with this id, if it is studied now, or else for the first card of the queue."""
    context = review_context(owner)
    today = _DueToday.of(owner, context, at)
    studied = Card.objects.filter(owner=owner).studied(at)
    queue, counts = today.first(1)
    requested = studied.filter(pk=card_id).first() if card_id else None
    card = requested or next(iter(queue), None)
    previews = context.previews(card, at) if card else []
    return ReviewPage(
        card=card,
        source=_source_of(card) if card else None,
        buttons=[
            RatingButton(Rating(rating), interval_label(scheduled.interval))
            for rating, scheduled in enumerate(previews, 1)
        ],
        counts=counts,
        answered=today.answered,
        new_cards_left=card is None and studied.filter(state=CardState.NEW).exists(),
    )


def _source_of(card: Card) -> Message | None:
    if card.message_id is None:
        return None
    return Message.objects.accessible().filter(pk=card.message_id).defer("content").first()


def history(*, owner: User, since: datetime | None = None, until: datetime | None = None) -> QuerySet[Review]:
    """The user's reviews from `since` until `until`, which is excluded."""
    reviews = Review.objects.filter(owner=owner)
    if since is not None:
        reviews = reviews.filter(reviewed_at__gte=since)
    if until is not None:
        reviews = reviews.filter(reviewed_at__lt=until)
    return reviews


@dataclass(frozen=True)
class _DueToday:
    """The cards of one user that are due today. `reviews` and `new` are cut to what is left of the day's limits."""

    steps: QuerySet[Card]
    reviews: QuerySet[Card]
    new: QuerySet[Card]
    answered: int
    at: datetime

    @classmethod
    def of(cls, owner: User, context: ReviewContext, at: datetime) -> Self:
        done = Review.objects.filter(owner=owner, day=context.calendar.day_of(at)).aggregate(
            answers=Count("pk"),
            new=Count("pk", filter=Q(state_before=CardState.NEW)),
            review=Count("pk", filter=Q(state_before=CardState.REVIEW)),
        )
        cards = Card.objects.filter(owner=owner)
        new_left = max(0, context.settings.new_per_day - done["new"])
        reviews_left = max(0, context.settings.reviews_per_day - done["review"])
        return cls(
            steps=cards.learning(at=at, until=at + LEARN_AHEAD).order_by("due", "id"),
            reviews=cards.to_review(at=at, before=context.calendar.end_of(at)).order_by("due", "id")[:reviews_left],
            new=cards.new(at=at).order_by("id")[:new_left],
            answered=done["answers"],
            at=at,
        )

    def counts(self) -> Counts:
        return Counts(new=self.new.count(), learning=self.steps.count(), review=self.reviews.count())

    def first(self, limit: int) -> tuple[list[Card], Counts]:
        """The first `limit` cards, and the counts. A list that was read completely needs no count query."""
        steps = list(self.steps[:limit])
        ended = [card for card in steps if card.due <= self.at]
        reviews, review_count = _first(self.reviews, limit - len(ended))
        new, new_count = _first(self.new, limit - len(ended) - len(reviews))
        learning_count = self.steps.count() if len(steps) == limit else len(steps)
        cards = [*ended, *reviews, *new, *steps[len(ended) :]][:limit]
        return cards, Counts(new=new_count, learning=learning_count, review=review_count)


def _first(cards: QuerySet[Card], limit: int) -> tuple[list[Card], int]:
    """The first `limit` cards, and the number of all cards."""
    first = list(cards[:limit]) if limit else []
    return first, len(first) if len(first) < limit else cards.count()
