"""Reads of reviews: the cards that are due, the review page, the history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import User
from chat.models import Message
from flashcards.models import Card, CardQuerySet, CardState
from quiz.models import Rating, Review
from quiz.scheduling.due import Counts, DueToday
from quiz.scheduling.fsrs_scheduler import ScheduledReview
from quiz.scheduling.interval_labels import interval_label
from quiz.scheduling.review_context import review_context
from quiz.scheduling.scope import ALL_CARDS, StudyScope


@dataclass(frozen=True)
class DueCard:
    """A card to review, and the effect of each rating in the order of the buttons."""

    card: Card
    previews: list[ScheduledReview]


@dataclass(frozen=True)
class DueQueue:
    cards: list[DueCard]
    counts: Counts


def due_queue(*, owner: User, at: datetime, limit: int, scope: StudyScope = ALL_CARDS) -> DueQueue:
    """The cards to review now: steps that have ended, due reviews, new cards, then steps that end soon.

    A review with an interval of days is due from the start of its day.
    """
    context = review_context(owner)
    today = DueToday.of(owner, context, at, scope)
    return DueQueue([DueCard(card, context.previews(card, at)) for card in today.first(limit)], today.counts)


def due_counts(*, owner: User, at: datetime) -> Counts:
    """How many cards are left today."""
    return DueToday.of(owner, review_context(owner), at).counts


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


def review_page(
    *,
    owner: User,
    at: datetime,
    scope: StudyScope = ALL_CARDS,
    card_id: UUID | None = None,
    only: Sequence[UUID] | None = None,
) -> ReviewPage:
    """The page for the card with this id, if it is studied now, or else for the first card of the queue.

    With `only`, the queue is these cards, whether they are due or not.
    """
    context = review_context(owner)
    today = DueToday.of(owner, context, at, scope)
    studied = Card.objects.filter(owner=owner).studied(at).with_goal_retention()
    requested = studied.filter(pk=card_id).first() if card_id else None
    queue = today.first(1) if only is None else _in_order(studied, only)
    card = requested or next(iter(queue), None)
    previews = context.previews(card, at) if card else []
    return ReviewPage(
        card=card,
        source=_source_of(card) if card else None,
        buttons=[
            RatingButton(Rating(rating), interval_label(scheduled.interval))
            for rating, scheduled in enumerate(previews, 1)
        ],
        counts=today.counts,
        answered=today.answered,
        new_cards_left=card is None and studied.filter(state=CardState.NEW).exists(),
    )


def _in_order(cards: CardQuerySet, ids: Sequence[UUID]) -> list[Card]:
    found = cards.in_bulk(list(ids))
    return [found[pk] for pk in ids if pk in found]


def _source_of(card: Card) -> Message | None:
    if card.message_id is None:
        return None
    return Message.objects.accessible().filter(pk=card.message_id).defer("content").first()


def history(
    *, owner: User, since: datetime | None = None, until: datetime | None = None, goal_id: UUID | None = None
) -> QuerySet[Review]:
    """The user's reviews, or those for one goal, from `since` until `until`, which is excluded."""
    reviews = Review.objects.filter(owner=owner)
    if goal_id is not None:
        reviews = reviews.filter(goal_id=goal_id)
    if since is not None:
        reviews = reviews.filter(reviewed_at__gte=since)
    if until is not None:
        reviews = reviews.filter(reviewed_at__lt=until)
    return reviews
