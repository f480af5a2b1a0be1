from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from flashcards.models import Card, CardState, CardStatus
from quiz.models import Rating, ReviewSettings
from quiz.queries import due_counts, due_queue, review_page
from quiz.scheduling.due import Counts
from quiz.services import rate_card
from tests.factories import CardFactory, ReviewFactory

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


def card_in_step(owner: User, **due: int) -> Card:
    return CardFactory(
        owner=owner, state=CardState.LEARNING, step=1, stability=2.0, difficulty=5.0, due=NOON + timedelta(**due)
    )


def due(owner: User, limit: int = 50) -> list[Card]:
    return [due_card.card for due_card in due_queue(owner=owner, at=NOON, limit=limit).cards]


def test_steps_come_before_reviews_and_reviews_before_new_cards(alice: User) -> None:
    new = CardFactory(owner=alice)
    later = CardFactory(owner=alice, reviewed=True, due=NOON - timedelta(days=1))
    first = CardFactory(owner=alice, reviewed=True, due=NOON - timedelta(days=2))
    ahead, ended = card_in_step(alice, minutes=15), card_in_step(alice, minutes=-1)
    assert due(alice) == [ended, first, later, new, ahead]
    assert due(alice, limit=2) == [ended, first]


def test_a_review_is_due_from_the_start_of_its_day(alice: User) -> None:
    tonight = CardFactory(owner=alice, reviewed=True, due=NOON + timedelta(hours=15))
    CardFactory(owner=alice, reviewed=True, due=NOON + timedelta(hours=16))  # 4:00 is tomorrow
    assert due(alice) == [tonight]


def test_a_step_is_shown_at_most_twenty_minutes_early(alice: User) -> None:
    card_in_step(alice, minutes=21)
    assert due(alice) == []
    assert due_counts(owner=alice, at=NOON) == Counts(0, 0, 0)


@pytest.mark.parametrize(
    "fields",
    [
        {"status": CardStatus.SUSPENDED},
        {"status": CardStatus.DRAFT},
        {"deleted_at": NOON},
        {"status": CardStatus.BURIED, "buried_until": NOON + timedelta(minutes=1)},
    ],
)
def test_suspended_draft_deleted_and_buried_cards_are_not_due(alice: User, fields: dict[str, object]) -> None:
    CardFactory(owner=alice, **fields)
    CardFactory(owner=alice, reviewed=True, due=NOON, **fields)
    assert due(alice) == []


def test_a_card_buried_until_now_is_due(alice: User) -> None:
    card = CardFactory(owner=alice, status=CardStatus.BURIED, buried_until=NOON)
    assert due(alice) == [card]


def test_the_limits_count_the_reviews_of_the_day(alice: User) -> None:
    ReviewSettings.objects.create(owner=alice, new_per_day=2, reviews_per_day=3)
    CardFactory.create_batch(4, owner=alice)
    CardFactory.create_batch(5, owner=alice, reviewed=True, due=NOON)
    assert due_counts(owner=alice, at=NOON) == Counts(new=2, learning=0, review=3)
    for card in [*due(alice, limit=1), alice.cards.filter(state="new").earliest("id")]:
        rate_card(owner=alice, card_id=card.pk, rating=Rating.EASY, review_id=uuid4(), at=NOON)
    assert due_counts(owner=alice, at=NOON) == Counts(new=1, learning=0, review=2)
    assert due_counts(owner=alice, at=NOON + timedelta(days=1)) == Counts(new=2, learning=0, review=3)


def test_another_users_cards_are_not_due(alice: User, mallory: User) -> None:
    CardFactory(owner=mallory)
    assert due(alice) == []


def test_the_queue_takes_the_same_number_of_queries_for_any_length(
    alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(2):
        CardFactory.create_batch(5, owner=alice)
        with django_assert_num_queries(3):
            due_queue(owner=alice, at=NOON, limit=20)


def test_the_review_page_counts_the_reviews_of_the_users_day(alice: User) -> None:
    ReviewFactory(card__owner=alice, reviewed_at=NOON, day=NOON.date())
    assert review_page(owner=alice, at=NOON + timedelta(hours=15)).answered == 1
    assert review_page(owner=alice, at=NOON + timedelta(hours=16)).answered == 0


def test_the_review_page_shows_the_requested_card(alice: User, mallory: User) -> None:
    first, second = CardFactory.create_batch(2, owner=alice)
    theirs = CardFactory(owner=mallory)
    assert review_page(owner=alice, at=NOON, card_id=second.pk).card == second
    assert review_page(owner=alice, at=NOON, card_id=theirs.pk).card == first


def test_an_empty_review_page_knows_whether_new_cards_are_left(alice: User) -> None:
    ReviewSettings.objects.create(owner=alice, new_per_day=0)
    assert not review_page(owner=alice, at=NOON).new_cards_left
    CardFactory(owner=alice)
    assert review_page(owner=alice, at=NOON).new_cards_left
