from datetime import date
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import User
from base.errors import NotFound
from goals.merging.errors import SameGoal, TreeBeingMade
from goals.merging.services import add_to_goal, merge_goals
from goals.models import MAX_NODES, Goal, SkillNode, SkillPrerequisite, SkillTree, TreeRun, TreeStatus
from goals.services import restore_goal
from goals.trees.errors import TreeChanged, TreeFull
from goals.trees.services import add_skill, delete_skill, restore_skill
from quiz.models import MasteryDay, Review
from quiz.services import rate_card, undo_review
from tests.factories import CardFactory, ConversationFactory, GoalFactory, SkillNodeFactory, SkillTreeFactory
from tests.quiz.progress.days import counted_days, recorded_days

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(alice: User) -> Goal:
    return GoalFactory(owner=alice, title="Speak Spanish", description="For Lima.", target_date=date(2027, 3, 14))


@pytest.fixture
def target(alice: User) -> Goal:
    return GoalFactory(owner=alice, title="Learn Spanish", description="For work.", desired_retention=0.85)


def merge(source: Goal, target: Goal) -> Goal:
    return merge_goals(source=source, target=target, at=timezone.now())


def tree_with(goal: Goal, *titles: str, status: str = TreeStatus.ACCEPTED) -> list[SkillNode]:
    tree = SkillTreeFactory(goal=goal, status=status)
    return [SkillNodeFactory(tree=tree, title=title, position=place) for place, title in enumerate(titles)]


def titles_of(goal: Goal, status: str = TreeStatus.ACCEPTED) -> list[tuple[str, int, int]]:
    nodes = SkillNode.objects.filter(tree__goal=goal, tree__status=status, deleted_at=None).in_order()
    return [(node.title, node.depth, node.position) for node in nodes]


def test_skills_with_their_cards_conversations_and_reviews_move(alice: User, source: Goal, target: Goal) -> None:
    grammar, vocabulary = tree_with(source, "Grammar", "Words")
    past = SkillNodeFactory(parent=grammar, title="Past", position=0)
    SkillPrerequisite.objects.create(owner=alice, node=vocabulary, requires=past)
    tree_with(target, "Listening", "Reading")
    cards = [
        CardFactory(owner=alice, skill=past),
        CardFactory(owner=alice, skill=tree_with(GoalFactory(owner=alice), "x")[0]),
    ]
    in_target = CardFactory(owner=alice, skill=SkillNode.objects.get(title="Reading"))
    conversation = ConversationFactory(owner=alice, goal=source, skill=past)
    for card in [*cards, in_target]:
        rate_card(owner=alice, card_id=card.pk, rating=3, review_id=uuid4(), at=timezone.now(), duration_ms=900)
    merged = merge(source, target)
    assert titles_of(merged) == [
        ("Listening", 1, 0),
        ("Reading", 1, 1),
        ("Grammar", 1, 2),
        ("Words", 1, 3),
        ("Past", 2, 0),
    ]
    assert SkillPrerequisite.objects.filter(node__tree__goal=merged).count() == 1
    conversation.refresh_from_db()
    assert (conversation.goal, conversation.skill) == (merged, past)
    assert Review.objects.filter(goal_id=merged.pk).count() == 2
    assert recorded_days() == counted_days()
    undo_review(owner=alice, at=timezone.now())
    assert recorded_days() == counted_days()
    assert (merged.title, merged.description) == ("Learn Spanish", "For work.\n\nFor Lima.")
    assert (merged.target_date, merged.desired_retention) == (date(2027, 3, 14), 0.85)
    assert list(alice.goals.alive().filter(pk__in=[source.pk, target.pk])) == [merged]
    assert restore_goal(goal=source).description == "For Lima."


def test_the_mastery_of_each_day_is_that_of_all_cards(source: Goal, target: Goal) -> None:
    yesterday, today = date(2027, 1, 1), date(2027, 1, 2)
    for goal, day, mastery, cards in (
        (source, yesterday, 0.5, 4),
        (source, today, 1.0, 6),
        (target, today, 0.5, 2),
    ):
        MasteryDay.objects.create(
            owner=goal.owner, goal=goal, day=day, mastery=mastery, cards=cards, answered=cards // 2
        )
    merge(source, target)
    rows = MasteryDay.objects.order_by("day").values_list("goal_id", "day", "mastery", "cards", "answered")
    assert list(rows) == [(target.pk, yesterday, 0.5, 4, 2), (target.pk, today, 0.875, 8, 4)]


@pytest.mark.parametrize("status", [TreeStatus.ACCEPTED, TreeStatus.PROPOSED])
def test_a_tree_moves_whole_to_a_goal_without_one(source: Goal, target: Goal, status: str) -> None:
    [skill] = tree_with(source, "Grammar", status=status)
    merge(source, target)
    skill.refresh_from_db()
    assert (skill.tree.goal, skill.tree.status, skill.tree.revision) == (target, status, 1)


def test_deleted_skills_move_and_can_be_restored(source: Goal, target: Goal) -> None:
    grammar, _words = tree_with(source, "Grammar", "Words")
    tree_with(target, "Reading")
    delete_skill(skill=grammar, at=timezone.now())
    merge(source, target)
    grammar.refresh_from_db()
    restore_skill(skill=grammar)
    assert [title for title, _depth, _position in titles_of(target)] == ["Reading", "Grammar", "Words"]


def test_a_page_that_shows_an_old_tree_gets_the_new_one(source: Goal, target: Goal) -> None:
    [grammar], [reading] = tree_with(source, "Grammar"), tree_with(target, "Reading")
    merge(source, target)
    for old in SkillTree.objects.filter(pk__in=[grammar.tree_id, reading.tree_id]):
        with pytest.raises(TreeChanged) as caught:
            add_skill(tree=old, title="Writing", revision=1)
        assert caught.value.tree is not None
        assert [branch.title for branch in caught.value.tree.branches] == ["Reading", "Grammar"]


def test_a_merge_that_cannot_be_done_changes_nothing(source: Goal, target: Goal) -> None:
    skills = tree_with(source, "Grammar")
    tree = SkillTreeFactory(goal=target)
    SkillNode.objects.bulk_create(SkillNodeFactory.build(tree=tree, owner=tree.owner) for _number in range(MAX_NODES))
    with pytest.raises(TreeFull):
        merge(source, target)
    run = TreeRun.objects.create(owner=target.owner, goal=target, provider="builtin")
    with pytest.raises(TreeBeingMade):
        merge(source, target)
    with pytest.raises(SameGoal):
        merge(target, target)
    for other in (GoalFactory(), GoalFactory(owner=target.owner, deleted_at=timezone.now())):
        with pytest.raises(NotFound):
            merge(other, target)
    assert titles_of(source) == [("Grammar", 1, skills[0].position)]
    assert (run.goal, source.deleted_at) == (target, None)


def test_what_a_new_goal_says_is_added_to_an_existing_one(target: Goal) -> None:
    goal = add_to_goal(goal=target, description=" For Lima. ", target_date=date(2027, 1, 1))
    assert (goal.description, goal.target_date) == ("For work.\n\nFor Lima.", date(2027, 1, 1))
    assert add_to_goal(goal=goal, description="For Lima.").description == goal.description
