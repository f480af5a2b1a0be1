"""Real threads and real transactions: no rating is lost and none is counted twice."""

from collections.abc import Callable
from itertools import pairwise
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from base.errors import Conflict
from flashcards.models import Card
from flashcards.services import create_card
from quiz.models import Review
from quiz.services import rate_card, undo_review
from tests.factories import CardFactory, UserFactory
from tests.quiz.progress.days import counted_days, recorded_days
from tests.threads import run_together

pytestmark = pytest.mark.django_db(transaction=True)


def rated_together(calls: list[Callable[[], Review | Card]]) -> list[Review | Card | Conflict]:
    return run_together(calls, expected=Conflict)


def rating_of(card: Card, review_id: UUID, reps: int | None = None) -> Callable[[], Review]:
    return lambda: rate_card(
        owner=card.owner, card_id=card.pk, rating=3, review_id=review_id, at=timezone.now(), reps=reps
    )


def test_fifty_ratings_of_one_card_are_fifty_reviews_in_order() -> None:
    card = CardFactory()
    results = rated_together([rating_of(card, uuid4()) for _ in range(50)])
    reviews = list(Review.objects.order_by("reviewed_at"))
    card.refresh_from_db()
    assert not [result for result in results if isinstance(result, Conflict)]
    assert [review.reps_before for review in reviews] == list(range(50))
    assert (card.reps, card.last_review, card.due) == (50, reviews[-1].reviewed_at, reviews[-1].due_after)
    for before, after in pairwise(reviews):
        assert (before.stability_after, before.due_after) == (after.stability_before, after.due_before)


def test_only_one_of_fifty_simultaneous_ratings_with_the_same_reps_is_recorded() -> None:
    card = CardFactory()
    results = rated_together([rating_of(card, uuid4(), reps=0) for _ in range(50)])
    assert sum(isinstance(result, Conflict) for result in results) == 49
    assert Review.objects.count() == 1


def test_twenty_simultaneous_copies_of_one_rating_are_one_review() -> None:
    card, review_id = CardFactory(), uuid4()
    results = rated_together([rating_of(card, review_id) for _ in range(20)])
    assert {result.pk for result in results if isinstance(result, Review)} == {Review.objects.get().pk}


def test_the_same_review_id_for_ten_cards_is_one_review() -> None:
    owner, review_id = UserFactory(), uuid4()
    results = rated_together([rating_of(card, review_id) for card in CardFactory.create_batch(10, owner=owner)])
    assert sum(isinstance(result, Conflict) for result in results) == 9
    assert Review.objects.count() == 1


def test_simultaneous_ratings_of_siblings_do_not_deadlock() -> None:
    cards = create_card(
        owner=UserFactory(), kind="cloze", question=" ".join(f"{{{{c{n}::gap}}}}" for n in range(1, 11))
    )
    rated_together([rating_of(card, uuid4()) for card in cards for _ in range(3)])
    assert Review.objects.count() == 30


def test_simultaneous_undos_and_ratings_keep_card_and_history_consistent() -> None:
    card = CardFactory()
    for _ in range(5):
        rating_of(card, uuid4())()
    rated_together(
        [rating_of(card, uuid4()) for _ in range(10)]
        + [lambda: undo_review(owner=card.owner, at=timezone.now()) for _ in range(10)]
    )
    card.refresh_from_db()
    reviews = list(Review.objects.order_by("reviewed_at"))
    assert card.reps == len(reviews)
    assert [review.reps_before for review in reviews] == list(range(len(reviews)))
    assert recorded_days() == counted_days()


def test_simultaneous_ratings_of_a_users_cards_are_all_counted_on_their_day() -> None:
    cards = CardFactory.create_batch(10, owner=UserFactory())
    rated_together([rating_of(card, uuid4()) for card in cards for _ in range(3)])
    assert sum(day[-3] for day in recorded_days()) == 30
    assert recorded_days() == counted_days()
