"""Whatever is done to a skill tree, in any order, it stays a tree, and no card or review is lost.

TREE_EXAMPLES=200 draws more sequences of changes, and other ones in each run.
"""

import os
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from base.errors import MemoryLoopError
from flashcards.models import Card
from goals.growing.drafts import SkillDraft, TreeDraft
from goals.merging.services import merge_goals
from goals.models import MAX_DEPTH, SkillNode, SkillPrerequisite, SkillTree, TreeOrigin, TreeStatus
from goals.services import UNDO_TIME
from goals.trees import services
from goals.trees.accepting import accept_proposal, consequences
from goals.trees.proposals import propose_tree
from goals.trees.queries import Tree, read_tree, tree_of
from goals.trees.replacing import ListedSkill, replace_skills
from goals.trees.shape import Move, Shape, leads_to
from quiz.mastery.queries import mastery_of_goal
from quiz.models import Review
from quiz.services import rate_card
from tests.factories import CardFactory, GoalFactory, SkillNodeFactory, SkillTreeFactory, UserFactory
from tests.quiz.mastery.test_queries import NOON, expected

EXAMPLES = os.environ.get("TREE_EXAMPLES")
TITLES = ["Nouns", "Gender", "Past", "Sounds", "Words"]  # few, so that proposals have skills of the tree
titles = st.sampled_from(TITLES)
indexes = st.integers(min_value=0, max_value=11)


class Changes(RuleBasedStateMachine):
    """Changes of one goal's tree. Those that a rule of the tree forbids are refused, and change nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.owner = UserFactory()
        self.goal = SkillTreeFactory(goal__owner=self.owner).goal
        ids = [uuid4() for _ in range(7)]
        parents, required = [None, 0, 0, 2, None, 4, None], [None, None, None, 5, None, 1, 2]
        listed = [
            ListedSkill(
                pk,
                None if parent is None else ids[parent],
                TITLES[number % len(TITLES)],
                prerequisites=None if other is None else [ids[other]],
            )
            for number, (pk, parent, other) in enumerate(zip(ids, parents, required, strict=True))
        ]
        replace_skills(tree=self.row, skills=listed, at=NOON)
        self.cards = self.reviews = 0
        self.hours = 0

    @property
    def row(self) -> SkillTree:
        return SkillTree.objects.get(goal=self.goal, status=TreeStatus.ACCEPTED)

    @property
    def tree(self) -> Tree:
        return read_tree(self.row)

    def skill(self, index: int) -> SkillNode:
        ids = [skill.id for skill in self.tree]
        return SkillNode.objects.get(pk=ids[index % len(ids)])

    def some(self, index: int) -> UUID | None:
        """A skill, or none for 0."""
        return self.skill(index).pk if index and self.has_skills() else None

    def has_skills(self) -> bool:
        return bool(self.tree.branches)

    def attempt(self, change: Callable[[], object]) -> None:
        before = self.tree
        try:
            change()
        except MemoryLoopError:
            assert self.tree == before

    @rule(title=titles, parent=indexes, position=indexes)
    def add(self, title: str, parent: int, position: int) -> None:
        parent_id = self.some(parent)
        self.attempt(
            lambda: services.add_skill(tree=self.row, title=title, parent_id=parent_id, position=position or None)
        )

    @precondition(has_skills)
    @rule(index=indexes, move=st.sampled_from(Move), other=indexes)
    def move(self, index: int, move: Move, other: int) -> None:
        skill, target_id = self.skill(index), self.some(other)
        self.attempt(lambda: services.move_skill(skill=skill, move=move, target_id=target_id))

    @precondition(has_skills)
    @rule(index=indexes, others=st.lists(indexes, max_size=3))
    def require(self, index: int, others: list[int]) -> None:
        skill = self.skill(index)
        ids = [self.skill(other).pk for other in others]
        self.attempt(lambda: services.change_skill(skill=skill, prerequisites=ids))

    @precondition(has_skills)
    @rule(index=indexes)
    def delete(self, index: int) -> None:
        self.hours += 1
        services.delete_skill(skill=self.skill(index), at=NOON + timedelta(minutes=self.hours))

    @rule(index=indexes)
    def undo(self, index: int) -> None:
        deleted = list(self.row.nodes.filter(deleted_at__isnull=False).order_by("pk"))
        if deleted:
            self.attempt(lambda: services.restore_skill(skill=deleted[index % len(deleted)]))

    @rule()
    def purge(self) -> None:
        services.purge_skills(at=NOON + UNDO_TIME + timedelta(days=1))

    @precondition(has_skills)
    @rule(index=indexes, days=st.integers(1, 100))
    def mark_known(self, index: int, days: int) -> None:
        services.mark_known(skill=self.skill(index), at=NOON - timedelta(days=days), stability=8.3)

    @precondition(has_skills)
    @rule(index=indexes, days=st.integers(0, 100), rating=st.integers(0, 4))
    def study(self, index: int, days: int, rating: int) -> None:
        """Add a card, and review it unless the rating is 0."""
        skill = self.skill(index)
        card = CardFactory(owner=self.owner, skill=skill)
        self.cards += 1
        if rating:
            at = NOON - timedelta(days=days)
            rate_card(owner=self.owner, card_id=card.pk, rating=rating, review_id=uuid4(), at=at)
            self.reviews += 1

    @rule(drawn=st.lists(st.tuples(titles, indexes), max_size=5))
    def replace(self, drawn: list[tuple[str, int]]) -> None:
        """Keep some skills below others, leave out the rest, and add new ones."""
        ids = [skill.id for skill in self.tree]
        new = [uuid4() for _ in drawn]
        known = [*ids[::2], *new]
        listed = [ListedSkill(pk, None, "Kept") for pk in ids[::2]]
        listed += [
            ListedSkill(pk, known[parent % len(known)] if parent else None, title)
            for pk, (title, parent) in zip(new, drawn, strict=True)
        ]
        self.attempt(lambda: replace_skills(tree=self.row, skills=listed, at=NOON))

    @rule(drawn=st.lists(st.tuples(titles, titles), min_size=1, max_size=4), branch=indexes, let_go=st.booleans())
    def regenerate(self, drawn: list[tuple[str, str]], branch: int, let_go: bool) -> None:
        """Accept a proposal for the whole tree or for a branch. What is lost by it was asked for."""
        branches = [SkillDraft(title, children=[SkillDraft(child, requires=[title])]) for title, child in drawn]
        below = SkillNode.objects.get(pk=pk) if (pk := self.some(branch)) else None
        proposal = propose_tree(
            goal=self.goal, draft=TreeDraft(branches), origin=TreeOrigin.MODEL, branch=below, at=NOON
        )
        asked = {lost.skill.id for lost in consequences(proposal).in_use}
        in_use = set(Card.objects.filter(skill__in=[skill.id for skill in self.tree]).values_list("skill", flat=True))

        def accept() -> None:
            accept_proposal(proposal=proposal, let_go=asked if let_go else (), at=NOON)
            present = {skill.id for skill in self.tree}
            assert in_use - present <= (asked if let_go else set())

        self.attempt(accept)

    @rule(title=titles)
    def merge(self, title: str) -> None:
        """Merge another goal, whose skill has a card, into this one."""
        other = GoalFactory(owner=self.owner)
        skill = SkillNodeFactory(tree__goal=other, title=title, position=0)
        CardFactory(owner=self.owner, skill=SkillNodeFactory(parent=skill, position=0))
        self.cards += 1
        merge_goals(source=other, target=self.goal, at=NOON)
        assert skill.pk in {branch.id for branch in self.tree.branches}

    @invariant()
    def the_tree_is_a_tree(self) -> None:
        tree = self.tree
        shape = Shape((skill.id, skill.parent_id) for skill in tree)
        places = shape.places()
        assert len(shape) == self.row.nodes.filter(deleted_at=None).count(), "a skill cannot be reached"
        for skill in tree:
            place = places[skill.id]
            assert (skill.parent_id, skill.depth, skill.position) == (place.parent, place.depth, place.position)
            assert skill.depth <= MAX_DEPTH
            for other in skill.requires:
                assert not shape.is_within(skill.id, other)
                assert not shape.is_within(other, skill.id)
                assert not leads_to({node.id: node.requires for node in tree}, other, skill.id)
        assert tree_of(self.goal) == tree

    @invariant()
    def no_card_and_no_review_is_lost(self) -> None:
        cards = Card.objects.filter(owner=self.owner, deleted_at=None)
        assert cards.count() == self.cards
        assert cards.exclude(skill=None).exclude(skill__tree__goal=self.goal).count() == 0
        assert Review.objects.filter(owner=self.owner).count() == self.reviews
        for links in SkillPrerequisite.objects.filter(owner=self.owner).select_related("node", "requires"):
            assert links.node.tree_id == links.requires.tree_id

    @invariant()
    def mastery_is_what_the_formula_says(self) -> None:
        nodes = list(self.row.nodes.filter(deleted_at=None))
        found = mastery_of_goal(goal=self.goal, at=NOON).skills
        assert found.keys() == {node.pk for node in nodes}
        for pk, tally in expected(nodes).items():
            assert found[pk].mastery == (None if tally.mastery is None else pytest.approx(tally.mastery, abs=1e-6))
            assert tally.mastery is None or 0 <= tally.mastery <= 1


@pytest.mark.django_db
def test_any_changes_leave_a_tree_and_lose_nothing() -> None:
    run_state_machine_as_test(
        Changes,
        settings=settings(
            max_examples=int(EXAMPLES or 4),
            stateful_step_count=20,
            derandomize=EXAMPLES is None,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
