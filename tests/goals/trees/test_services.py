from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import User
from base.errors import MemoryLoopError, NotFound
from goals.models import MAX_NODES, SkillNode, SkillPrerequisite, SkillTree
from goals.services import UNDO_TIME
from goals.trees import services
from goals.trees.errors import (
    BelowItself,
    CannotMove,
    NoSkillTitle,
    PrerequisiteCycle,
    PrerequisiteInBranch,
    SkillPurged,
    TooDeep,
    TreeChanged,
    TreeFull,
    UnknownSkill,
)
from goals.trees.queries import read_tree
from goals.trees.shape import Move
from tests.factories import CardFactory, GoalFactory, SkillNodeFactory, SkillTreeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree(alice: User) -> SkillTree:
    """Nouns with Gender, which has Endings; Grammar with Past and Future."""
    tree: SkillTree = SkillTreeFactory(goal__owner=alice)
    for title, position, parent in [
        *(("Nouns", 0, ""), ("Grammar", 1, ""), ("Gender", 0, "Nouns"), ("Endings", 0, "Gender")),
        *(("Past", 0, "Grammar"), ("Future", 1, "Grammar")),
    ]:
        SkillNodeFactory(tree=tree, title=title, position=position, parent=skill(tree, parent) if parent else None)
    return tree


def skill(tree: SkillTree, title: str) -> SkillNode:
    return tree.nodes.get(title=title)


def outline(tree: SkillTree) -> list[str]:
    """The titles in reading order, indented by their depths. Positions must have no gaps."""
    read = read_tree(SkillTree.objects.get(pk=tree.pk))
    for node in (None, *read):
        children = node.children if node else read.branches
        assert [child.position for child in children] == list(range(len(children)))
        assert all(child.depth == (node.depth + 1 if node else 1) for child in children)
    return ["  " * (node.depth - 1) + node.title for node in read]


def revision(tree: SkillTree) -> int:
    return SkillTree.objects.get(pk=tree.pk).revision


def test_a_goal_without_a_tree_gets_one_by_its_first_skill(alice: User) -> None:
    goal = GoalFactory(owner=alice)
    tree = services.open_tree(goal=goal)
    assert services.open_tree(goal=goal) == tree
    services.add_skill(tree=tree, title=" Read \n the news ", description=" daily\0 ", revision=0)
    node = alice.skill_nodes.accepted().get()
    assert (node.title, node.description, node.depth, node.position) == ("Read the news", "daily\ufffd", 1, 0)
    with pytest.raises(NotFound):
        services.open_tree(goal=goal, proposed=True)


def test_skills_are_added_where_they_belong(tree: SkillTree) -> None:
    services.add_skill(tree=tree, title="Present", parent_id=skill(tree, "Grammar").pk, position=1)
    services.add_skill(tree=tree, title="Sounds", position=0)
    services.add_skill(tree=tree, title="Cases", parent_id=skill(tree, "Nouns").pk)
    assert outline(tree) == [
        "Sounds",
        "Nouns",
        *("  Gender", "    Endings", "  Cases"),
        "Grammar",
        *("  Past", "  Present", "  Future"),
    ]
    assert revision(tree) == 4


def test_a_skill_is_renamed_described_and_moved_in_one_change(tree: SkillTree) -> None:
    gender, grammar = skill(tree, "Gender"), skill(tree, "Grammar")
    services.change_skill(skill=gender, title="Genders", description="der, die", parent_id=grammar.pk, position=0)
    assert outline(tree) == ["Nouns", "Grammar", "  Genders", "    Endings", "  Past", "  Future"]
    assert skill(tree, "Genders").description == "der, die"
    assert revision(tree) == 2
    services.change_skill(skill=gender, title="Genders", parent_id=grammar.pk)
    assert outline(tree)[2] == "  Genders"
    assert revision(tree) == 2, "nothing was changed"


@pytest.mark.parametrize(
    ("title", "move", "target", "after"),
    [
        ("Grammar", Move.UP, "", "Grammar Past Future Nouns Gender Endings"),
        ("Nouns", Move.DOWN, "", "Grammar Past Future Nouns Gender Endings"),
        ("Endings", Move.OUTDENT, "", "Nouns Gender Endings Grammar Past Future"),
        ("Future", Move.INDENT, "", "Nouns Gender Endings Grammar Past Future"),
        ("Future", Move.BEFORE, "Nouns", "Future Nouns Gender Endings Grammar Past"),
        ("Future", Move.BEFORE, "Past", "Nouns Gender Endings Grammar Future Past"),
        ("Past", Move.AFTER, "Future", "Nouns Gender Endings Grammar Future Past"),
        ("Past", Move.INTO, "Gender", "Nouns Gender Endings Past Grammar Future"),
        ("Gender", Move.INTO, "", "Nouns Grammar Past Future Gender Endings"),
    ],
)
def test_a_skill_moves_with_those_below_it(tree: SkillTree, title: str, move: Move, target: str, after: str) -> None:
    services.move_skill(
        skill=skill(tree, title), move=move, target_id=skill(tree, target).pk if target else None, revision=1
    )
    assert [line.strip() for line in outline(tree)] == after.split()


@pytest.mark.parametrize(
    ("title", "move", "target", "error"),
    [
        ("Nouns", Move.UP, "", CannotMove),
        ("Grammar", Move.DOWN, "", CannotMove),
        ("Nouns", Move.OUTDENT, "", CannotMove),
        ("Nouns", Move.INDENT, "", CannotMove),
        ("Past", Move.BEFORE, "Past", CannotMove),
        ("Nouns", Move.INTO, "Nouns", BelowItself),
        ("Nouns", Move.INTO, "Endings", BelowItself),
        ("Nouns", Move.AFTER, "Endings", BelowItself),
        ("Nouns", Move.INTO, "Grammar", TooDeep),
        ("Grammar", Move.INDENT, "", None),
        ("Gender", Move.INTO, "Past", TooDeep),
    ],
)
def test_a_move_that_would_break_the_tree_is_refused(
    tree: SkillTree, title: str, move: Move, target: str, error: type[MemoryLoopError] | None
) -> None:
    def moved() -> None:
        target_id = skill(tree, target).pk if target else None
        services.move_skill(skill=skill(tree, title), move=move, target_id=target_id)

    before = outline(tree)
    if error is None:
        moved()
        assert outline(tree)[3:] == ["  Grammar", "    Past", "    Future"]
    else:
        with pytest.raises(error):
            moved()
        assert outline(tree) == before
        assert revision(tree) == 1


def test_a_deleted_skill_comes_back_with_those_below_it(tree: SkillTree) -> None:
    before, nouns, at = outline(tree), skill(tree, "Nouns"), timezone.now()
    services.delete_skill(skill=skill(tree, "Endings"), at=at - timedelta(minutes=1))
    services.delete_skill(skill=nouns, at=at, revision=2)
    assert outline(tree) == ["Grammar", "  Past", "  Future"]
    services.restore_skill(skill=nouns)
    assert outline(tree) == ["Nouns", "  Gender", "Grammar", "  Past", "  Future"], "Endings was deleted before"
    services.restore_skill(skill=skill(tree, "Endings"))
    services.restore_skill(skill=skill(tree, "Endings"))
    assert outline(tree) == before
    assert revision(tree) == 5


def test_a_skill_comes_back_as_a_branch_if_its_place_is_gone(tree: SkillTree) -> None:
    gender, past, at = skill(tree, "Gender"), skill(tree, "Past"), timezone.now()
    services.delete_skill(skill=gender, at=at)
    services.move_skill(skill=skill(tree, "Nouns"), move=Move.INTO, target_id=skill(tree, "Grammar").pk)
    services.restore_skill(skill=gender)
    assert outline(tree) == ["Gender", "  Endings", "Grammar", "  Past", "  Future", "  Nouns"]
    services.delete_skill(skill=past, at=at)
    services.delete_skill(skill=skill(tree, "Grammar"), at=at)
    services.restore_skill(skill=past)
    assert outline(tree) == ["Past", "Gender", "  Endings"]


def test_prerequisites_are_set_and_come_back_with_their_skill(tree: SkillTree) -> None:
    past, future, nouns = skill(tree, "Past"), skill(tree, "Future"), skill(tree, "Nouns")
    services.change_skill(skill=future, prerequisites=[past.pk, nouns.pk])
    services.delete_skill(skill=past, at=timezone.now())
    services.change_skill(skill=nouns, title="Names")
    services.restore_skill(skill=past)
    assert set(future.prerequisites.all()) == {past, nouns}
    services.change_skill(skill=future, prerequisites=[past.pk])
    assert set(future.prerequisites.all()) == {past}
    assert SkillPrerequisite.objects.get().owner == tree.owner


def test_a_link_that_became_a_circle_does_not_come_back(tree: SkillTree) -> None:
    past, future, nouns = skill(tree, "Past"), skill(tree, "Future"), skill(tree, "Nouns")
    services.change_skill(skill=future, prerequisites=[past.pk])
    services.change_skill(skill=past, prerequisites=[nouns.pk])
    services.delete_skill(skill=past, at=timezone.now())
    services.change_skill(skill=nouns, prerequisites=[future.pk])
    services.restore_skill(skill=past)
    links = set(SkillPrerequisite.objects.values_list("node__title", "requires__title"))
    assert ("Nouns", "Future") in links
    assert len(links) == 2


def test_prerequisites_that_make_no_sense_are_refused(tree: SkillTree) -> None:
    past, future, nouns = skill(tree, "Past"), skill(tree, "Future"), skill(tree, "Nouns")
    services.change_skill(skill=future, prerequisites=[past.pk])
    services.change_skill(skill=past, prerequisites=[nouns.pk])
    refused: list[tuple[SkillNode, SkillNode, type[MemoryLoopError]]] = [
        (nouns, future, PrerequisiteCycle),
        (past, past, PrerequisiteInBranch),
        (past, skill(tree, "Grammar"), PrerequisiteInBranch),
        (skill(tree, "Grammar"), past, PrerequisiteInBranch),
        (past, SkillNodeFactory(tree__goal=GoalFactory(owner=tree.owner)), UnknownSkill),
        (past, SkillNodeFactory(), UnknownSkill),
    ]
    for node, other, error in refused:
        with pytest.raises(error):
            services.change_skill(skill=node, prerequisites=[other.pk])
    with pytest.raises(PrerequisiteInBranch):
        services.move_skill(skill=past, move=Move.INTO, target_id=nouns.pk)
    assert SkillPrerequisite.objects.count() == 2


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda tree: services.add_skill(tree=tree, title=" \n"), NoSkillTitle),
        (lambda tree: services.add_skill(tree=tree, title="x", parent_id=uuid4()), UnknownSkill),
        (lambda tree: services.add_skill(tree=tree, title="x", parent_id=skill(tree, "Endings").pk), TooDeep),
        (lambda tree: services.change_skill(skill=skill(tree, "Past"), title=""), NoSkillTitle),
        (lambda tree: services.change_skill(skill=skill(tree, "Past"), parent_id=uuid4()), UnknownSkill),
        (lambda tree: services.delete_skill(skill=SkillNode(tree=tree), at=timezone.now()), UnknownSkill),
        (lambda tree: services.restore_skill(skill=SkillNode(tree=tree)), SkillPurged),
    ],
)
def test_a_bad_change_changes_nothing(
    tree: SkillTree, change: Callable[[SkillTree], object], error: type[MemoryLoopError]
) -> None:
    before = outline(tree)
    with pytest.raises(error):
        change(tree)
    assert (outline(tree), revision(tree)) == (before, 1)


def test_a_tree_has_a_greatest_size(tree: SkillTree) -> None:
    SkillNode.objects.bulk_create(
        SkillNodeFactory.build(tree=tree, owner=tree.owner) for _ in range(MAX_NODES - tree.nodes.count())
    )
    with pytest.raises(TreeFull):
        services.add_skill(tree=tree, title="One more")


def test_a_change_of_a_tree_that_the_user_did_not_see_is_refused_with_the_present_one(tree: SkillTree) -> None:
    services.change_skill(skill=skill(tree, "Past"), title="Perfect", revision=1)
    with pytest.raises(TreeChanged) as caught:
        services.delete_skill(skill=skill(tree, "Perfect"), at=timezone.now(), revision=1)
    present = caught.value.tree
    assert present is not None
    assert present.revision == 2
    assert "Perfect" in [node.title for node in present]
    assert "  Perfect" in outline(tree)


def test_a_replaced_tree_does_not_change(tree: SkillTree) -> None:
    SkillTree.objects.update(status="replaced")
    present = SkillTreeFactory(goal=tree.goal)
    with pytest.raises(TreeChanged) as caught:
        services.change_skill(skill=skill(tree, "Past"), title="Perfect")
    assert caught.value.tree == read_tree(present)


def test_a_known_mark_is_no_change_of_the_tree(tree: SkillTree) -> None:
    at = timezone.now()
    services.mark_known(skill=skill(tree, "Past"), at=at, stability=8.3)
    assert (skill(tree, "Past").known_at, skill(tree, "Past").known_stability) == (at, 8.3)
    services.change_skill(skill=skill(tree, "Past"), title="Perfect", revision=1)
    assert skill(tree, "Perfect").known_at == at
    services.unmark_known(skill=skill(tree, "Perfect"))
    assert (skill(tree, "Perfect").known_at, skill(tree, "Perfect").known_stability) == (None, None)
    services.delete_skill(skill=skill(tree, "Perfect"), at=at)
    with pytest.raises(UnknownSkill):
        services.mark_known(skill=skill(tree, "Perfect"), at=at, stability=8.3)


def test_a_purged_skill_leaves_its_cards(tree: SkillTree) -> None:
    gender, at = skill(tree, "Gender"), timezone.now()
    card = CardFactory(owner=tree.owner, skill=skill(tree, "Endings"))
    services.delete_skill(skill=gender, at=at)
    services.purge_skills(at=at + UNDO_TIME)
    services.restore_skill(skill=gender)
    services.delete_skill(skill=gender, at=at)
    services.purge_skills(at=at + UNDO_TIME + timedelta(seconds=1))
    assert set(tree.nodes.values_list("title", flat=True)) == {"Nouns", "Grammar", "Past", "Future"}
    with pytest.raises(SkillPurged):
        services.restore_skill(skill=gender)
    card.refresh_from_db()
    assert card.skill is None
