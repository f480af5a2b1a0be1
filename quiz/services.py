"""The verbs of review: answering a card, taking an answer back, setting aside until tomorrow."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import User
from flashcards.models import Card, CardState, CardStatus
from flashcards.services import bury_cards, lock_note
from quiz.errors import CardMovedOn, CardNotInDeck, CardSuspended, NothingToUndo, ReviewIdTaken
from quiz.models import ParameterSet, Rating, Review, ReviewSettings
from quiz.scheduling.fsrs_scheduler import Outcome, is_leech
from quiz.scheduling.review_context import Asking, asking_of
from quiz.settings_validation import check_settings, check_weights
from search.services import mark_changed

LONGEST_THOUGHT_MS = 60_000  # beyond it nobody was thinking about the card
# "Undo" is for the answers of this session; it must not eat into last week's history.
UNDO_WITHIN = timedelta(hours=24)
LEECH = "leech"
SCHEDULE = ("state", "step", "due", "stability", "difficulty", "decay", "reps", "lapses", "last_review")
CHANGED_BY_ANSWER = (*SCHEDULE, "status", "buried_until", "tags")


def rate_card(
    *, card: Card, rating: int, review_id: UUID, at: datetime, duration_ms: int = 0, reps: int | None = None
) -> Review:
    """Record one review of the card and move its due date; the same `review_id` again is the same review.

    A card that isn't due yet may be answered, since the schedule counts the time that really passed; a buried one
    too, and is then no longer buried. An answer may bury siblings until tomorrow and suspend a leech. `reps` is the
    number of reviews the caller saw on the card. The review's `card` is as it stands afterwards.

    Errors: `CardMovedOn` when `reps` is stale, `CardSuspended`, `CardNotInDeck`, `ReviewIdTaken`.
    """
    try:
        with transaction.atomic():
            return _rate(card, Rating(rating), review_id, at, duration_ms, reps)
    except IntegrityError:  # the same review id for another card at the same moment
        raise ReviewIdTaken from None


def _rate(card: Card, rating: Rating, review_id: UUID, at: datetime, duration_ms: int, reps: int | None) -> Review:
    asking = asking_of(card.owner)
    # Two tabs may rate the same card: the second must see what the first did.
    note = {each.pk: each for each in lock_note(card)}
    earlier = Review.objects.filter(owner_id=card.owner_id, review_id=review_id).first()
    if earlier is not None:
        return _same_again(earlier, note.get(card.pk, card))
    if card.pk not in note:
        raise CardNotInDeck
    card = note.pop(card.pk)
    _refuse_unless_asked(card, reps)
    if card.last_review is not None and at <= card.last_review:
        # Whoever waited for the lock came later, whatever the clocks say: reviews of a card are in order.
        at = card.last_review + timedelta(microseconds=1)
    outcome = asking.answer(card, rating, at)
    review = _review_of(card, rating, review_id, outcome, asking, at)
    review.duration_ms = min(duration_ms, LONGEST_THOUGHT_MS)
    _apply(card, outcome, review, asking, at)
    review.siblings_before = _bury_siblings(note.values(), asking, at)
    review.save(force_insert=True)
    return review


def _same_again(review: Review, card: Card) -> Review:
    if review.card_id != card.pk:
        raise ReviewIdTaken
    review.card = card
    return review


def _refuse_unless_asked(card: Card, reps: int | None) -> None:
    if card.status == CardStatus.DRAFT:
        raise CardNotInDeck
    if reps is not None and reps != card.reps:
        raise CardMovedOn
    if card.status == CardStatus.SUSPENDED:
        raise CardSuspended


def _review_of(card: Card, rating: Rating, review_id: UUID, outcome: Outcome, asking: Asking, at: datetime) -> Review:
    before: dict[str, Any] = {f"{name}_before": getattr(card, name) for name in (*SCHEDULE, "status", "buried_until")}
    return Review(
        owner_id=card.owner_id,
        card=card,
        review_id=review_id,
        rating=rating,
        reviewed_at=at,
        day=asking.calendar.day_of(at),
        state_after=outcome.state,
        step_after=outcome.step,
        stability_after=outcome.stability,
        difficulty_after=outcome.difficulty,
        due_after=outcome.due,
        elapsed_days=(at - card.last_review) / timedelta(days=1) if card.last_review else 0.0,
        scheduled_days=outcome.interval / timedelta(days=1),
        retrievability=card.retrievability(at),
        parameter_set_id=asking.settings.parameters_id,
        **before,
    )


def _apply(card: Card, outcome: Outcome, review: Review, asking: Asking, at: datetime) -> None:
    card.state, card.step, card.due = outcome.state, outcome.step, outcome.due
    card.stability, card.difficulty, card.decay = outcome.stability, outcome.difficulty, asking.plan.decay
    card.reps, card.lapses, card.last_review = outcome.reps, outcome.lapses, at
    card.status, card.buried_until = CardStatus.ACTIVE, None
    if outcome.lapsed and is_leech(outcome.lapses, asking.settings.leech_threshold):
        card.status = CardStatus.SUSPENDED
        review.tagged_leech = LEECH not in card.tags
        card.tags = card.tags if LEECH in card.tags else [*card.tags, LEECH]
    card.save(update_fields=CHANGED_BY_ANSWER)


def _bury_siblings(others: Iterable[Card], asking: Asking, at: datetime) -> list[dict[str, str | None]]:
    """Set the other cards of the note aside until tomorrow, as far as they would come today: they give it away."""
    tomorrow = asking.calendar.end_of(at)
    siblings = [each for each in others if _comes_today(each, at, tomorrow)]
    if not siblings:
        return []
    before = [
        {
            "id": str(each.pk),
            "status": each.status,
            "buried_until": each.buried_until.isoformat() if each.buried_until else None,
        }
        for each in siblings
    ]
    bury_cards(cards=siblings, until=tomorrow)
    return before


def _comes_today(card: Card, at: datetime, tomorrow: datetime) -> bool:
    still_buried = card.buried_until is not None and card.buried_until > at
    studied = card.status == CardStatus.ACTIVE or (card.status == CardStatus.BURIED and not still_buried)
    # Not one that is between two steps: it would miss them.
    return studied and (card.state == CardState.NEW or (card.state == CardState.REVIEW and card.due < tomorrow))


@transaction.atomic
def undo_review(*, owner: User, at: datetime) -> Card:
    """Take the person's latest answer back: card and siblings are exactly as before it, and the review is gone.

    Repeatable, back through the last `UNDO_WITHIN`. Errors: `NothingToUndo`, `CardMovedOn`.
    """
    recent = Review.objects.filter(owner=owner, reviewed_at__gt=at - UNDO_WITHIN, card__deleted_at=None)
    # Locked, so that of two undos at once the second takes nothing back instead of an older answer.
    review = recent.filter(card__isnull=False).select_for_update(of=("self",)).order_by("-reviewed_at", "-id").first()
    if review is None or review.card_id is None:
        raise NothingToUndo
    note = lock_note(Card.objects.get(pk=review.card_id))
    card = next((each for each in note if each.pk == review.card_id), None)
    if card is None or Review.objects.filter(card=card, reviewed_at__gt=review.reviewed_at).exists():
        raise CardMovedOn
    for name in (*SCHEDULE, "status", "buried_until"):
        setattr(card, name, getattr(review, f"{name}_before"))
    if review.tagged_leech:
        card.tags = [tag for tag in card.tags if tag != LEECH]
    card.save(update_fields=CHANGED_BY_ANSWER)
    _unbury_siblings(owner, review)
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
    """Change how the person is asked; what is not named stays. Cards keep the due dates they have.

    `weights` become a new set of parameters that is kept for good. Errors: `BadSetting` with its field.
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
    """Set the person's cards aside until their next day; errors: `CardIsDraft`."""
    bury_cards(cards=cards, until=asking_of(owner).calendar.end_of(at))
