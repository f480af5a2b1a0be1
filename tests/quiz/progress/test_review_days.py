from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from importlib import import_module
from uuid import uuid4

from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from flashcards.models import Card
from goals.models import TreeStatus
from quiz.models import Review, ReviewDay
from quiz.services import rate_card, undo_review
from tests.factories import CardFactory, ReviewFactory, SkillNodeFactory
from tests.quiz.progress.days import counted_days, recorded_days

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


def rate(card: Card, rating: int = 3, at: datetime = NOON) -> Review:
    return rate_card(owner=card.owner, card_id=card.pk, rating=rating, review_id=uuid4(), at=at, duration_ms=1_500)


@settings(deadline=None, max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(1, 4), st.integers(0, 30)), min_size=1, max_size=8))
def test_days_equal_the_history_after_each_rating_and_each_undo(
    alice: User, answers: Sequence[tuple[int, int, int]]
) -> None:
    Card.objects.all().delete()
    Review.objects.all().delete()
    ReviewDay.objects.all().delete()
    skill = SkillNodeFactory(tree__goal__owner=alice)
    cards = [CardFactory(owner=alice, **fields) for fields in ({}, {"skill": skill}, {"reviewed": True, "due": NOON})]
    at, snapshots = NOON, [recorded_days()]
    for number, rating, hours in answers:
        at += timedelta(hours=hours, seconds=1)
        rate(cards[number], rating, at)
        assert recorded_days() == counted_days()
        snapshots.append(recorded_days())
    for snapshot in reversed(snapshots[:-1]):
        latest = alice.reviews.latest("reviewed_at")
        undo_review(owner=alice, at=latest.reviewed_at)
        assert recorded_days() == snapshot


def test_a_review_belongs_to_the_goal_of_its_cards_skill(alice: User) -> None:
    skill = SkillNodeFactory(tree__goal__owner=alice)
    card = CardFactory(owner=alice, skill=skill)
    assert rate(card).goal_id == skill.tree.goal_id
    skill.tree.goal.delete()
    assert Review.objects.get().goal_id == ReviewDay.objects.get().goal_id == skill.tree.goal_id


def test_a_skill_that_does_not_count_gives_no_goal(alice: User) -> None:
    deleted = SkillNodeFactory(tree__goal__owner=alice, deleted_at=NOON)
    proposed = SkillNodeFactory(tree__goal__owner=alice, tree__status=TreeStatus.PROPOSED)
    of_deleted_goal = SkillNodeFactory(tree__goal__owner=alice, tree__goal__deleted_at=NOON)
    for skill in (deleted, proposed, of_deleted_goal):
        assert rate(CardFactory(owner=alice, skill=skill)).goal_id is None


def test_the_migration_counts_the_reviews_that_were_made_before(alice: User) -> None:
    card, goal_id = CardFactory(owner=alice), uuid4()
    for number in range(4):
        at = NOON + timedelta(hours=8 * number)
        ReviewFactory(card=card, reviewed_at=at, rating=1 + number % 2, duration_ms=number)
    ReviewFactory(card__owner=alice, reviewed_at=NOON, goal_id=goal_id)
    ReviewDay.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(import_module("quiz.migrations.0005_fill_review_days").FILL)
    assert recorded_days() == counted_days()
    assert ReviewDay.objects.filter(goal_id=goal_id).count() == 1
