from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from base.errors import MemoryLoopError, NotFound
from flashcards.models import Card, CardStatus
from flashcards.services import create_card, suspend_cards
from goals.models import SkillTree, TreeStatus
from quiz import services
from quiz.errors import CardMovedOn, CardNotInDeck, CardSuspended, NothingToUndo, ReviewIdTaken
from quiz.models import Review, ReviewSettings
from quiz.queries import due_queue
from quiz.scheduling.review_context import review_context
from search.models import OutboxEntry
from tests.factories import CardFactory, SkillNodeFactory

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


def rows(owner: User) -> list[dict[str, Any]]:
    """Every column of every card of this user."""
    return [dict(row) for row in Card.objects.filter(owner=owner).order_by("pk").values()]


def rate(card: Card, rating: int = 3, at: datetime = NOON, **extra: Any) -> Review:
    values = {"rating": rating, "review_id": uuid4(), "at": at, **extra}
    return services.rate_card(owner=card.owner, card_id=card.pk, **values)


def test_a_rating_reschedules_the_card_and_records_all_values(alice: User) -> None:
    card = CardFactory(owner=alice, reviewed=True, due=NOON)
    review = rate(card, duration_ms=90_000)
    card.refresh_from_db()
    assert (card.reps, card.last_review, card.due) == (4, NOON, review.due_after)
    assert (review.stability_before, review.stability_after) == (10.0, card.stability)
    assert (review.state_before, review.state_after, review.reps_before) == ("review", "review", 3)
    assert review.elapsed_days == pytest.approx(10)
    assert review.scheduled_days == pytest.approx((card.due - NOON).days)
    assert review.retrievability == pytest.approx(0.9)
    assert review.duration_ms == 60_000
    assert review.day == NOON.date()


def test_a_rating_marks_card_and_review_for_the_index(alice: User) -> None:
    card = CardFactory(owner=alice)
    OutboxEntry.objects.all().delete()
    review = rate(card)
    marked = set(OutboxEntry.objects.values_list("table", "entity_id"))
    assert marked == {("flashcards", card.pk), ("review_logs", review.pk)}


@pytest.mark.parametrize("rating", [1, 2, 3, 4])
def test_a_rating_does_what_its_button_showed(alice: User, rating: int) -> None:
    card = CardFactory(owner=alice, reviewed=True, stability=90.0, due=NOON)
    shown = review_context(alice).previews(card, NOON)[rating - 1]
    rate(card, rating)
    card.refresh_from_db()
    assert (card.due, card.stability, card.difficulty) == (shown.due, shown.stability, shown.difficulty)


def test_the_desired_retention_of_the_goal_overrides_that_of_the_user(
    alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ReviewSettings.objects.create(owner=alice, desired_retention=0.8)
    strict = SkillNodeFactory(tree__goal__owner=alice, tree__goal__desired_retention=0.97)
    lax, other = CardFactory.create_batch(2, owner=alice, reviewed=True, stability=90.0, due=NOON)
    card = CardFactory(owner=alice, reviewed=True, stability=90.0, due=NOON, skill=strict)
    with django_assert_num_queries(3):  # the retentions of all cards are read with them
        shown = {due.card: due.previews[2] for due in due_queue(owner=alice, at=NOON, limit=9).cards}
    assert shown[card].interval < 0.5 * shown[lax].interval
    for rated in (card, lax):
        rate(rated)
        rated.refresh_from_db()
        assert (rated.due, rated.stability) == (shown[rated].due, shown[rated].stability)
    SkillTree.objects.update(status=TreeStatus.REPLACED)
    Card.objects.filter(pk=other.pk).update(skill=strict)
    assert rate(other).scheduled_days > 0.8 * shown[lax].interval.days


@pytest.mark.parametrize("reps", [0, None])
def test_the_same_review_id_is_one_review(alice: User, reps: int | None) -> None:
    card, review_id = CardFactory(owner=alice), uuid4()
    first = rate(card, 3, review_id=review_id, reps=reps)
    scheduled, marked = rows(alice), OutboxEntry.objects.count()
    second = rate(card, 1, review_id=review_id, reps=reps)
    assert (first, first.card, second.rating, Review.objects.count()) == (second, second.card, 3, 1)
    assert (rows(alice), OutboxEntry.objects.count()) == (scheduled, marked)


def test_a_repetition_is_recognized_whatever_has_happened_to_the_card_since(alice: User) -> None:
    card, review_id = CardFactory(owner=alice), uuid4()
    first = rate(card, review_id=review_id, reps=0)
    rate(card, reps=1, at=NOON + timedelta(days=1))
    assert rate(card, review_id=review_id, reps=0) == first
    suspend_cards(cards=[card])
    assert rate(card, review_id=review_id) == first
    with pytest.raises(CardSuspended):
        rate(card)


def test_a_review_id_belongs_to_one_card(alice: User) -> None:
    review_id = uuid4()
    rate(CardFactory(owner=alice), review_id=review_id)
    with pytest.raises(ReviewIdTaken):
        rate(CardFactory(owner=alice), review_id=review_id)


def test_two_users_can_have_the_same_review_id(alice: User, mallory: User) -> None:
    review_id = uuid4()
    for owner in (mallory, alice):
        rate(CardFactory(owner=owner), review_id=review_id)
    assert Review.objects.filter(review_id=review_id).count() == 2


def test_a_rating_with_outdated_reps_is_refused(alice: User) -> None:
    card = CardFactory(owner=alice)
    rate(card, reps=0)
    with pytest.raises(CardMovedOn):
        rate(card, reps=0)
    assert Review.objects.count() == 1


@pytest.mark.parametrize(
    ("status", "error"), [(CardStatus.SUSPENDED, CardSuspended), (CardStatus.DRAFT, CardNotInDeck)]
)
def test_suspended_cards_and_drafts_are_refused(alice: User, status: str, error: type[MemoryLoopError]) -> None:
    with pytest.raises(error):
        rate(CardFactory(owner=alice, status=status))


def test_a_deleted_card_is_refused(alice: User) -> None:
    with pytest.raises(NotFound):
        rate(CardFactory(owner=alice, deleted_at=NOON))


def test_a_card_can_be_rated_before_it_is_due(alice: User) -> None:
    card = CardFactory(owner=alice, reviewed=True, due=NOON + timedelta(days=5))
    assert rate(card).elapsed_days == pytest.approx(5)


def test_reviews_of_a_card_are_in_order_when_the_clock_goes_back(alice: User) -> None:
    card = CardFactory(owner=alice)
    first, second = rate(card, at=NOON), rate(card, at=NOON - timedelta(hours=1))
    assert second.reviewed_at > first.reviewed_at


def test_a_card_due_in_the_evening_is_on_time_in_the_morning(alice: User) -> None:
    card = CardFactory(owner=alice, reviewed=True, due=NOON + timedelta(hours=8))
    assert review_context(alice).elapsed_days(card, NOON) == 10


def test_siblings_are_buried_until_tomorrow(alice: User) -> None:
    first, second = create_card(owner=alice, kind="reverse", question="Hund", answer="dog")
    rate(first)
    second.refresh_from_db()
    assert (second.status, second.buried_until) == ("buried", datetime(2026, 3, 11, 4, 0, tzinfo=UTC))


def test_a_sibling_in_learning_is_not_buried(alice: User) -> None:
    first, second = create_card(owner=alice, kind="reverse", question="Hund", answer="dog")
    Card.objects.filter(pk=second.pk).update(state="learning", step=0, stability=1.0, difficulty=5.0)
    rate(first)
    second.refresh_from_db()
    assert second.status == "active"


def test_a_leech_is_tagged_and_suspended(alice: User) -> None:
    card = CardFactory(owner=alice, reviewed=True, lapses=7, tags=["bio"])
    rate(card, 1)
    card.refresh_from_db()
    assert (card.lapses, card.status, card.tags) == (8, "suspended", ["bio", "leech"])


def test_one_lapse_after_the_threshold_changes_nothing(alice: User) -> None:
    card = CardFactory(owner=alice, reviewed=True, lapses=8)
    rate(card, 1)
    card.refresh_from_db()
    assert (card.lapses, card.status) == (9, "active")


def test_undo_without_a_review_is_refused(alice: User, mallory: User) -> None:
    rate(CardFactory(owner=mallory))
    with pytest.raises(NothingToUndo):
        services.undo_review(owner=alice, at=NOON)


def test_undo_ends_after_24_hours(alice: User) -> None:
    rate(CardFactory(owner=alice))
    with pytest.raises(NothingToUndo):
        services.undo_review(owner=alice, at=NOON + timedelta(days=1, minutes=1))


def test_undo_removes_the_tag_and_suspension_of_a_leech(alice: User) -> None:
    CardFactory(owner=alice, reviewed=True, lapses=7, due=NOON)
    before = rows(alice)
    rate(alice.cards.get(), 1)
    services.undo_review(owner=alice, at=NOON)
    assert rows(alice) == before


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 4), st.integers(0, 3_000)), min_size=1, max_size=8))
def test_undo_restores_every_column_step_by_step(alice: User, answers: Sequence[tuple[int, int, int]]) -> None:
    Card.objects.all().delete()
    create_card(owner=alice, kind="reverse", question="Hund", answer="dog")
    create_card(owner=alice, question="Katze", answer="cat")
    CardFactory(owner=alice, reviewed=True, lapses=7, due=NOON)
    cards, at, snapshots = list(alice.cards.order_by("pk")), NOON, [rows(alice)]
    for number, rating, seconds in answers:
        at += timedelta(seconds=seconds)
        try:
            rate(cards[number], rating, at)
        except CardSuspended:
            continue
        snapshots.append(rows(alice))
    for snapshot in reversed(snapshots[:-1]):
        services.undo_review(owner=alice, at=at)
        assert rows(alice) == snapshot
    assert not alice.reviews.exists()


def test_the_users_settings_apply(alice: User) -> None:
    ReviewSettings.objects.create(owner=alice, learning_steps=[], day_start_hour=13)
    review = rate(CardFactory(owner=alice))
    assert (review.state_after, str(review.day)) == ("review", "2026-03-09")


def test_burying_lasts_until_the_users_next_day(alice: User) -> None:
    card = CardFactory(owner=alice)
    services.bury_until_tomorrow(owner=alice, cards=[card], at=NOON)
    card.refresh_from_db()
    assert card.buried_until == datetime(2026, 3, 11, 4, 0, tzinfo=UTC)
