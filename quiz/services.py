"""Services of reviews: rating a card, undoing a review, burying until tomorrow, changing the settings."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import User
from base.errors import Conflict, NotFound
from flashcards.models import Card, CardState, CardStatus
from flashcards.services import bury_cards, lock_note
from quiz.errors import CardMovedOn, CardNotInDeck, CardSuspended, NothingToUndo, ReviewIdTaken
from quiz.metrics import REVIEWS
from quiz.models import ParameterSet, Rating, Review, ReviewSettings
from quiz.progress.review_days import count_review, uncount_review
from quiz.scheduling.fsrs_scheduler import ScheduledReview, is_leech
from quiz.scheduling.review_context import ReviewContext, review_context
from quiz.scheduling.settings_validation import check_settings, check_weights
from search.services import indexed_transaction, mark_changed

MAX_DURATION_MS = 60_000  # a longer time is cut: most of it was not spent on the card
# Undo is for the reviews of this session, not for last week's history.
UNDO_TIME = timedelta(hours=24)
LEECH_TAG = "leech"
SCHEDULE_FIELDS = ("state", "step", "due", "stability", "difficulty", "decay", "reps", "lapses", "last_review")
SAVED_BEFORE_RATING = (*SCHEDULE_FIELDS, "status", "buried_until")
CHANGED_BY_RATING = (*SAVED_BEFORE_RATING, "tags")


@dataclass(frozen=True)
class _Answer:
    """The user's answer. `reps` is the number of reviews that the client saw on the card; None skips the check."""

    rating: Rating
    review_id: UUID
    at: datetime
    duration_ms: int
    reps: int | None


def rate_card(
    *,
    owner: User,
    card_id: UUID,
    rating: int,
    review_id: UUID,
    at: datetime,
    duration_ms: int = 0,
    reps: int | None = None,
) -> Review:
    """Record one review of the card and move its due date. A repeated `review_id` changes nothing.

    A card can be rated before it is due, since the schedule counts the time that has really passed. Rating a buried
    card unburies it. The rating can bury siblings until tomorrow and suspend a leech. `reps` is the number of reviews
    that the client saw on the card. The `card` of the returned review has its new values.

    Raises NotFound, CardMovedOn when `reps` is out of date, CardSuspended, CardNotInDeck or ReviewIdTaken.
    """
    context = review_context(owner)
    try:
        with indexed_transaction():
            return _rate(context, card_id, _Answer(Rating(rating), review_id, at, duration_ms, reps))
    except (IntegrityError, Conflict) as error:
        # A repetition fails by its review id, or because its first attempt has changed the card.
        return _repeated_review(owner, card_id, review_id, error)


def _rate(context: ReviewContext, card_id: UUID, answer: _Answer) -> Review:
    # The lock makes simultaneous ratings of one card run one after the other.
    note = {card.pk: card for card in lock_note(owner_id=context.settings.owner_id, card_id=card_id)}
    if card_id not in note:
        raise NotFound
    card = note.pop(card_id)
    _check_ratable(card, answer)
    answer = _after_last_review(card, answer)
    scheduled = context.schedule(card, answer.rating, answer.at)
    review = _new_review(card, answer, scheduled, context)
    review.goal_id = card.goal_id
    _set_schedule(card, scheduled, context, answer.at)
    review.tagged_leech = _suspend_leech(card, scheduled, context)
    card.save(update_fields=CHANGED_BY_RATING)
    review.siblings_before = _bury_siblings(note.values(), context, answer.at)
    review.save(force_insert=True)
    count_review(review)
    transaction.on_commit(REVIEWS.labels(int(review.rating)).inc, robust=True)
    return review


def _repeated_review(owner: User, card_id: UUID, review_id: UUID, error: IntegrityError | Conflict) -> Review:
    """The review that has this id already. Raises `error` if it is a conflict and there is none, else ReviewIdTaken."""
    review = Review.objects.select_related("card").filter(owner=owner, review_id=review_id).first()
    if review is None and isinstance(error, Conflict):
        raise error
    if review is None or review.card is None or review.card_id != card_id:
        raise ReviewIdTaken from None
    return review


def _check_ratable(card: Card, answer: _Answer) -> None:
    if card.status == CardStatus.DRAFT:
        raise CardNotInDeck
    if answer.reps is not None and answer.reps != card.reps:
        raise CardMovedOn
    if card.status == CardStatus.SUSPENDED:
        raise CardSuspended


def _after_last_review(card: Card, answer: _Answer) -> _Answer:
    """The answer, timed after the card's last review. It waited for the lock, so it is later, even if clocks differ."""
    if card.last_review is None or answer.at > card.last_review:
        return answer
    return replace(answer, at=card.last_review + timedelta(microseconds=1))


def _new_review(card: Card, answer: _Answer, scheduled: ScheduledReview, context: ReviewContext) -> Review:
    before: dict[str, Any] = {f"{name}_before": getattr(card, name) for name in SAVED_BEFORE_RATING}
    return Review(
        owner_id=card.owner_id,
        card=card,
        review_id=answer.review_id,
        rating=answer.rating,
        reviewed_at=answer.at,
        day=context.calendar.day_of(answer.at),
        duration_ms=min(answer.duration_ms, MAX_DURATION_MS),
        state_after=scheduled.state,
        step_after=scheduled.step,
        stability_after=scheduled.stability,
        difficulty_after=scheduled.difficulty,
        due_after=scheduled.due,
        elapsed_days=(answer.at - card.last_review) / timedelta(days=1) if card.last_review else 0.0,
        scheduled_days=scheduled.interval / timedelta(days=1),
        retrievability=card.retrievability(answer.at),
        parameter_set_id=context.settings.parameters_id,
        **before,
    )


def _set_schedule(card: Card, scheduled: ScheduledReview, context: ReviewContext, at: datetime) -> None:
    card.state, card.step, card.due = scheduled.state, scheduled.step, scheduled.due
    card.stability, card.difficulty, card.decay = scheduled.stability, scheduled.difficulty, context.scheduler.decay
    card.reps, card.lapses, card.last_review = scheduled.reps, scheduled.lapses, at
    card.status, card.buried_until = CardStatus.ACTIVE, None


def _suspend_leech(card: Card, scheduled: ScheduledReview, context: ReviewContext) -> bool:
    """Suspend and tag a card that has become a leech. Returns whether the tag was added."""
    if not (scheduled.lapsed and is_leech(scheduled.lapses, context.settings.leech_threshold)):
        return False
    card.status = CardStatus.SUSPENDED
    if LEECH_TAG in card.tags:
        return False
    card.tags = [*card.tags, LEECH_TAG]
    return True


def _bury_siblings(siblings: Iterable[Card], context: ReviewContext, at: datetime) -> list[dict[str, str | None]]:
    """Bury the note's other cards that are due today until tomorrow, since this card has shown their answers.

    Returns what an undo restores.
    """
    tomorrow = context.calendar.end_of(at)
    due_today = [sibling for sibling in siblings if _is_due_before(sibling, tomorrow, at)]
    if not due_today:
        return []
    before = [
        {
            "id": str(sibling.pk),
            "status": sibling.status,
            "buried_until": sibling.buried_until.isoformat() if sibling.buried_until else None,
        }
        for sibling in due_today
    ]
    bury_cards(cards=due_today, until=tomorrow)
    return before


def _is_due_before(card: Card, tomorrow: datetime, at: datetime) -> bool:
    still_buried = card.buried_until is not None and card.buried_until > at
    studied = card.status == CardStatus.ACTIVE or (card.status == CardStatus.BURIED and not still_buried)
    # A card in learning or relearning steps is not buried: it would miss them.
    return studied and (card.state == CardState.NEW or (card.state == CardState.REVIEW and card.due < tomorrow))


@indexed_transaction()
def undo_review(*, owner: User, at: datetime) -> Card:
    """Undo the user's latest review: delete it, and restore the earlier values of the card and its siblings.

    Can be repeated for the reviews of the last `UNDO_TIME`. Raises NothingToUndo or CardMovedOn.
    """
    recent = Review.objects.filter(owner=owner, reviewed_at__gt=at - UNDO_TIME, card__deleted_at=None)
    # Locked, so that the second of two simultaneous undos finds nothing instead of undoing an older review.
    review = recent.filter(card__isnull=False).select_for_update(of=("self",)).order_by("-reviewed_at", "-id").first()
    if review is None or review.card_id is None:
        raise NothingToUndo
    note = lock_note(owner_id=owner.pk, card_id=review.card_id)
    card = next((note_card for note_card in note if note_card.pk == review.card_id), None)
    if card is None or Review.objects.filter(card=card, reviewed_at__gt=review.reviewed_at).exists():
        raise CardMovedOn
    for name in SAVED_BEFORE_RATING:
        setattr(card, name, getattr(review, f"{name}_before"))
    if review.tagged_leech:
        card.tags = [tag for tag in card.tags if tag != LEECH_TAG]
    card.save(update_fields=CHANGED_BY_RATING)
    _unbury_siblings(owner, review)
    uncount_review(review)
    review.delete()
    return card


def _unbury_siblings(owner: User, review: Review) -> None:
    for before in review.siblings_before:
        row = Card.objects.filter(pk=before["id"], owner=owner, status=CardStatus.BURIED)
        row.update(status=before["status"], buried_until=before["buried_until"])
    mark_changed(
        table="flashcards", owner_id=owner.pk, entity_ids=[UUID(before["id"]) for before in review.siblings_before]
    )


@transaction.atomic
def change_settings(*, owner: User, weights: Sequence[float] | None = None, **changes: Any) -> ReviewSettings:
    """Change the named review settings. Cards keep their due dates.

    `weights` become a new ParameterSet; the old one is kept. Raises BadSetting, which names the field.
    """
    ReviewSettings.objects.get_or_create(owner=owner)
    settings = ReviewSettings.objects.select_for_update().get(owner=owner)
    for name, value in changes.items():
        setattr(settings, name, value)
    check_settings(settings)
    if weights is not None:
        check_weights(weights)
        settings.parameters = ParameterSet.objects.create(owner=owner, weights=list(weights))
    settings.save()
    return settings


def bury_until_tomorrow(*, owner: User, cards: Sequence[Card], at: datetime) -> None:
    """Bury the user's cards until the user's next day. Raises CardIsDraft."""
    bury_cards(cards=cards, until=review_context(owner).calendar.end_of(at))
