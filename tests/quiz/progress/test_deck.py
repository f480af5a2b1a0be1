from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from accounts.models import User
from flashcards.models import CardState, CardStatus
from goals.models import SkillNode
from quiz.progress.deck import DeckCounts
from tests.factories import CardFactory, SkillNodeFactory

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
ENDS = [NOON + timedelta(days=number) for number in range(3)]


@pytest.fixture
def skill(alice: User, mallory: User) -> SkillNode:
    """A skill of Alice with a card of each kind and day, one that is deleted, and one of Mallory."""
    skill: SkillNode = SkillNodeFactory(tree__goal__owner=alice)
    for state, status, days in product(CardState, CardStatus, (-30, 0, 1, 2)):
        CardFactory(owner=alice, skill=skill, state=state, status=status, due=NOON + timedelta(days=days))
    CardFactory(owner=alice, skill=skill, deleted_at=NOON)
    CardFactory(owner=mallory)
    return skill


def test_a_deck_is_counted(alice: User, skill: SkillNode) -> None:
    counts = DeckCounts.of_all(owner_id=alice.pk, ends=ENDS)
    assert (counts.cards, counts.new, counts.learning, counts.review, counts.suspended) == (48, 12, 24, 12, 16)
    # A card that is due when a period ends is due in the next one. Active and buried cards in three states are due.
    assert counts.due == [6, 6, 6]


def test_a_goal_with_all_cards_is_counted_like_the_deck(alice: User, skill: SkillNode) -> None:
    of_goal = DeckCounts.of_goal(owner_id=alice.pk, goal_id=skill.tree.goal_id, ends=ENDS)
    assert of_goal == DeckCounts.of_all(owner_id=alice.pk, ends=ENDS)
    CardFactory(owner=alice)
    assert of_goal == DeckCounts.of_goal(owner_id=alice.pk, goal_id=skill.tree.goal_id, ends=ENDS)
