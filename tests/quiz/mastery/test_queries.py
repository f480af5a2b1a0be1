import random
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import fsrs
import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from flashcards.models import Card, CardState, CardStatus
from goals.models import SkillNode, TreeStatus
from quiz.mastery.formula import Answered, Tally, tally_of, with_subtrees
from quiz.mastery.queries import mastery_of_goal, mastery_of_goals
from quiz.models import ReviewSettings
from tests.factories import CardFactory, GoalFactory, SkillNodeFactory

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
SUMS = ("cards", "answered", "counted", "learned", "recall", "later_recall")


def learned(skill: SkillNode, *, days_ago: float = 10, stability: float = 10.0, **fields: Any) -> Card:
    """A card that was answered, and that is not due for a long time."""
    fields.setdefault("due", NOON + timedelta(days=90))
    return CardFactory(
        owner=skill.owner,
        skill=skill,
        state=CardState.REVIEW,
        stability=stability,
        difficulty=5.0,
        last_review=NOON - timedelta(days=days_ago),
        **fields,
    )


def random_tree(owner: User, draw: random.Random) -> list[SkillNode]:
    nodes: list[SkillNode] = [SkillNodeFactory(tree__goal__owner=owner)]
    for _number in range(6):
        parent = draw.choice([node for node in nodes if node.depth < 3])
        known = {"known_at": NOON - timedelta(days=draw.uniform(0, 90)), "known_stability": draw.uniform(0.1, 50)}
        nodes.append(SkillNodeFactory(parent=parent, **(known if draw.random() < 0.3 else {})))
    for node in nodes:
        for _card in range(draw.randrange(4)):
            if draw.random() < 0.3:
                CardFactory(owner=owner, skill=node)
            else:
                stability, decay = 10 ** draw.uniform(-3, 4), draw.uniform(0.1, 0.8)
                learned(node, days_ago=draw.uniform(-1, 400), stability=stability, decay=decay)
    return nodes


def expected(nodes: list[SkillNode]) -> dict[UUID, Tally]:
    own = {}
    for node in nodes:
        cards = [
            Answered(card.stability, card.last_review, card.decay) if card.stability and card.last_review else None
            for card in node.cards.all()
        ]
        known = Answered(node.known_stability, node.known_at) if node.known_at and node.known_stability else None
        own[node.pk] = tally_of(cards, at=NOON, known=known)
    return with_subtrees(own, {node.pk: node.parent_id for node in nodes})


@pytest.mark.parametrize("seed", range(5))
def test_postgresql_computes_what_the_formula_says(alice: User, seed: int) -> None:
    nodes = random_tree(alice, random.Random(seed))
    goal = nodes[0].tree.goal
    found = mastery_of_goal(goal=goal, at=NOON)
    for skill_id, tally in expected(nodes).items():
        for name in SUMS:
            assert getattr(found.skills[skill_id], name) == pytest.approx(getattr(tally, name), abs=1e-9), name
    assert found.total.mastery == found.skills[nodes[0].pk].mastery
    assert mastery_of_goals(owner=alice, at=NOON) == {goal.pk: found}


@pytest.mark.parametrize("days", [0, 1, 30, 365, 10_000])
def test_recall_in_postgresql_equals_that_of_py_fsrs(alice: User, days: int) -> None:
    skill = SkillNodeFactory(tree__goal__owner=alice)
    card = learned(skill, days_ago=days, stability=12.5)
    reference = fsrs.Card(card_id=1, stability=12.5, last_review=card.last_review)
    recall = mastery_of_goal(goal=skill.tree.goal, at=NOON).total.recall
    assert recall == pytest.approx(fsrs.Scheduler().get_card_retrievability(reference, NOON), abs=1e-6)


def test_only_cards_in_the_deck_of_accepted_skills_count(alice: User, mallory: User) -> None:
    skill = SkillNodeFactory(tree__goal__owner=alice)
    learned(skill, days_ago=0)
    learned(skill, days_ago=0, status=CardStatus.SUSPENDED)
    CardFactory(owner=alice, skill=skill, status=CardStatus.DRAFT)
    CardFactory(owner=alice, skill=skill, deleted_at=NOON)
    learned(SkillNodeFactory(parent=skill, deleted_at=NOON))
    learned(SkillNodeFactory(tree__goal=skill.tree.goal, tree__status=TreeStatus.PROPOSED))
    learned(SkillNodeFactory(tree__goal__owner=alice, tree__goal__deleted_at=NOON))
    learned(SkillNodeFactory(tree__goal__owner=mallory))
    found = mastery_of_goals(owner=alice, at=NOON)
    assert set(found) == {skill.tree.goal_id}
    assert (found[skill.tree.goal_id].total.cards, found[skill.tree.goal_id].total.mastery) == (2, 1.0)


def test_due_cards_are_those_that_can_be_studied_today(alice: User) -> None:
    skill = SkillNodeFactory(tree__goal__owner=alice)
    tonight, tomorrow = NOON + timedelta(hours=15), NOON + timedelta(hours=16)  # the day ends at 4:00
    learned(skill, due=tonight)
    learned(skill, due=tomorrow)
    learned(skill, due=NOON, status=CardStatus.SUSPENDED)
    learned(skill, due=NOON, status=CardStatus.BURIED, buried_until=tomorrow)
    learned(skill, due=NOON, status=CardStatus.BURIED, buried_until=NOON)
    CardFactory(owner=alice, skill=skill, state=CardState.LEARNING, due=tonight)
    CardFactory(owner=alice, skill=skill, due=NOON)
    total = mastery_of_goal(goal=skill.tree.goal, at=NOON).total
    assert (total.due, total.new) == (2, 2)


def test_fading_skills_fall_below_the_retention_that_is_wanted_within_a_week(alice: User) -> None:
    branch = SkillNodeFactory(tree__goal__owner=alice)
    fresh, older, oldest = (SkillNodeFactory(parent=branch) for _skill in range(3))
    for skill, days_ago in ((fresh, 0), (older, 4), (oldest, 9)):
        learned(skill, days_ago=days_ago)
    found = mastery_of_goal(goal=branch.tree.goal, at=NOON)
    assert (found.total.target, found.fading) == (0.9, [oldest.pk, older.pk])
    assert (found.skills[fresh.pk].fading, found.skills[branch.pk].fading) == (False, True)
    ReviewSettings.objects.create(owner=alice, desired_retention=0.8)
    assert mastery_of_goal(goal=branch.tree.goal, at=NOON).fading == []
    branch.tree.goal.desired_retention = 0.97
    branch.tree.goal.save()
    assert set(mastery_of_goals(owner=alice, at=NOON)[branch.tree.goal_id].fading) == {fresh.pk, older.pk, oldest.pk}


def test_a_goal_without_skills_has_no_mastery(alice: User) -> None:
    found = mastery_of_goal(goal=GoalFactory(owner=alice), at=NOON)
    assert (found.total.mastery, found.total.coverage, found.skills) == (None, None, {})


def test_all_goals_take_as_many_statements_as_one(
    alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _goal in range(3):
        learned(SkillNodeFactory(tree__goal__owner=alice))
    with django_assert_num_queries(2):  # settings, sums
        assert len(mastery_of_goals(owner=alice, at=NOON)) == 3
    goal = alice.goals.first()
    assert goal
    with django_assert_num_queries(2):
        mastery_of_goal(goal=goal, at=NOON)
