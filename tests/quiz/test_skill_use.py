import pytest

from accounts.models import User
from goals.trees.use import use_of
from tests.factories import CardFactory, ConversationFactory, ReviewFactory, SkillNodeFactory

pytestmark = pytest.mark.django_db


def test_a_skill_is_used_by_its_cards_reviews_and_chats(alice: User) -> None:
    skill = SkillNodeFactory(tree__goal__owner=alice)
    empty = SkillNodeFactory(tree=skill.tree)
    assert use_of([skill.pk, empty.pk]) == {}
    cards = CardFactory.create_batch(2, owner=alice, skill=skill)
    ReviewFactory(card=cards[0])
    ConversationFactory(owner=alice, goal=skill.tree.goal, skill=skill)
    assert use_of([skill.pk, empty.pk]) == {skill.pk: ["2 cards", "1 review", "1 chat"]}


def test_deleted_cards_do_not_count(alice: User) -> None:
    skill = SkillNodeFactory(tree__goal__owner=alice)
    CardFactory(owner=alice, skill=skill, deleted_at="2026-01-01T00:00Z")
    assert use_of([skill.pk]) == {}
