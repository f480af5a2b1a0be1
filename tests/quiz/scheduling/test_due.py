from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from flashcards.models import Card, CardState, CardStatus
from goals.models import SkillNode, TreeStatus
from quiz.models import ReviewSettings
from quiz.queries import due_queue
from quiz.scheduling.due import Counts, DueToday
from quiz.scheduling.review_context import review_context
from quiz.scheduling.scope import StudyScope
from quiz.services import rate_card
from tests.factories import CardFactory, SkillNodeFactory

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


@pytest.fixture
def skill(alice: User) -> SkillNode:
    skill: SkillNode = SkillNodeFactory(tree__goal__owner=alice)
    return skill


def due_today(owner: User, **scope: Any) -> DueToday:
    return DueToday.of(owner, review_context(owner), NOON, StudyScope(**scope))


def rate(card: Card, at: datetime = NOON) -> None:
    rate_card(owner=card.owner, card_id=card.pk, rating=3, review_id=uuid4(), at=at)


def test_the_limits_are_those_of_all_cards_together(alice: User, skill: SkillNode) -> None:
    ReviewSettings.objects.create(owner=alice, new_per_day=2, reviews_per_day=2)
    CardFactory.create_batch(3, owner=alice, skill=skill)
    CardFactory.create_batch(3, owner=alice, skill=skill, reviewed=True, due=NOON)
    assert due_today(alice, goal=skill.tree.goal).counts == Counts(new=2, learning=0, review=2)
    rate(CardFactory(owner=alice))
    rate(CardFactory(owner=alice, reviewed=True, due=NOON))
    today = due_today(alice, goal=skill.tree.goal)
    assert (today.counts.new, today.counts.review, today.answered) == (1, 1, 0)
    rate(alice.cards.filter(skill=skill, state="new").earliest("id"))
    assert due_today(alice, skill=skill).answered == 1


@pytest.mark.parametrize("kept", [TreeStatus.PROPOSED, TreeStatus.REPLACED, None])
def test_only_skills_of_the_accepted_tree_count(alice: User, skill: SkillNode, kept: str | None) -> None:
    CardFactory(owner=alice, skill=skill)
    if kept is None:
        SkillNode.objects.update(deleted_at=NOON)
    else:
        skill.tree.status = kept
        skill.tree.save()
    assert due_today(alice, goal=skill.tree.goal).counts.total == 0


def test_ahead_are_cards_that_are_not_due_and_those_beyond_the_limits(alice: User, skill: SkillNode) -> None:
    ReviewSettings.objects.create(owner=alice, new_per_day=1, reviews_per_day=1)
    in_deck = {"owner": alice, "skill": skill}
    soon = CardFactory(**in_deck, reviewed=True, due=NOON + timedelta(days=2))
    later = CardFactory(**in_deck, reviewed=True, due=NOON + timedelta(days=5))
    new = CardFactory.create_batch(2, **in_deck)
    due = CardFactory.create_batch(2, **in_deck, reviewed=True, due=NOON - timedelta(days=1))
    of_yesterday = CardFactory(
        **in_deck,
        state=CardState.LEARNING,
        step=1,
        stability=2.0,
        difficulty=5.0,
        due=NOON + timedelta(days=1),
        last_review=NOON - timedelta(days=1),
    )
    CardFactory(**in_deck, status=CardStatus.SUSPENDED)
    CardFactory(owner=alice)
    today = due_today(alice, skill=skill, ahead=True)
    assert today.counts == Counts(new=2, learning=1, review=4)
    assert today.first(9) == [*due, *new, of_yesterday, soon, later]
    assert today.first(3) == [*due, new[0]]
    assert due_today(alice, ahead=True).counts.total == 8


def test_a_card_studied_ahead_leaves_the_queue_and_takes_no_place_of_the_days_limit(
    alice: User, skill: SkillNode
) -> None:
    ReviewSettings.objects.create(owner=alice, reviews_per_day=1)
    ahead = CardFactory(owner=alice, skill=skill, reviewed=True, due=NOON + timedelta(days=5))
    due = CardFactory(owner=alice, reviewed=True, due=NOON)
    rate(ahead)
    assert due_today(alice, skill=skill, ahead=True).counts.total == 0
    assert due_today(alice).first(9) == [due]
    rate(due)
    assert due_today(alice).counts.review == 0


def test_a_card_studied_ahead_gains_less_than_one_that_is_due(alice: User) -> None:
    ahead = CardFactory(owner=alice, reviewed=True, due=NOON + timedelta(days=8))  # reviewed two days ago
    on_time = CardFactory(owner=alice, reviewed=True, due=NOON)
    context = review_context(alice)
    early, due = (context.previews(card, NOON)[2] for card in (ahead, on_time))
    assert ahead.stability < early.stability < due.stability
    assert early.due > ahead.due


def test_the_queue_of_a_skill_takes_the_same_number_of_queries_for_any_length(
    alice: User, skill: SkillNode, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(2):
        CardFactory.create_batch(5, owner=alice, skill=skill)
        with django_assert_num_queries(3):
            due_queue(owner=alice, at=NOON, limit=20, scope=StudyScope(skill.tree.goal, skill))
