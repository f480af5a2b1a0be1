from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from accounts.models import User
from base.errors import MemoryLoopError
from goals.models import MAX_NODES, SkillNode, SkillPrerequisite, SkillTree
from goals.trees import services
from goals.trees.errors import (
    BelowItself,
    NoSkillTitle,
    PrerequisiteCycle,
    RepeatedSkill,
    TooDeep,
    TreeChanged,
    TreeFull,
    UnknownSkill,
)
from goals.trees.queries import read_tree
from goals.trees.replacing import ListedSkill, replace_skills
from tests.factories import CardFactory, SkillNodeFactory, SkillTreeFactory

pytestmark = pytest.mark.django_db
A, B, C, D = (UUID(int=number) for number in range(1, 5))


@pytest.fixture
def tree(alice: User) -> SkillTree:
    tree: SkillTree = SkillTreeFactory(goal__owner=alice)
    nouns = SkillNodeFactory(tree=tree, title="Nouns", description="Names", position=0)
    SkillNodeFactory(parent=nouns, title="Gender", position=0)
    SkillNodeFactory(tree=tree, title="Grammar", position=1)
    return tree


def outline(tree: SkillTree) -> list[str]:
    return ["  " * (node.depth - 1) + node.title for node in read_tree(tree)]


def test_the_same_ids_keep_their_cards(tree: SkillTree, alice: User) -> None:
    nouns, gender, grammar = tree.nodes.in_order()[0], tree.nodes.get(title="Gender"), tree.nodes.get(title="Grammar")
    card = CardFactory(owner=alice, skill=gender)
    SkillPrerequisite.objects.create(owner=alice, node=gender, requires=grammar)
    skills = [
        ListedSkill(gender.pk, None, "Genders"),
        ListedSkill(None, A, "Sounds of words", prerequisites=[gender.pk]),
        ListedSkill(A, None, "Sounds"),
        ListedSkill(grammar.pk, A, "Grammar"),
    ]
    replace_skills(tree=tree, skills=skills, at=timezone.now(), revision=1)
    assert outline(tree) == ["Genders", "Sounds", "  Sounds of words", "  Grammar"]
    card.refresh_from_db()
    assert card.skill == gender
    new = tree.nodes.get(title="Sounds of words")
    assert set(SkillPrerequisite.objects.values_list("node", "requires")) == {
        (gender.pk, grammar.pk),
        (new.pk, gender.pk),
    }
    assert new.parent_id not in (A, None), "an id that a client made up is only a name within its list"
    services.restore_skill(skill=nouns)
    assert outline(tree)[0] == "Nouns"
    assert tree.nodes.get(title="Nouns").description == "Names"


def test_an_empty_list_deletes_all_skills(tree: SkillTree) -> None:
    replace_skills(tree=tree, skills=[], at=timezone.now())
    assert outline(tree) == []
    assert SkillNode.objects.count() == 3


def test_links_may_swap_their_directions(tree: SkillTree, alice: User) -> None:
    gender, grammar = tree.nodes.get(title="Gender"), tree.nodes.get(title="Grammar")
    SkillPrerequisite.objects.create(owner=alice, node=gender, requires=grammar)
    skills = [
        ListedSkill(grammar.pk, None, "Grammar", prerequisites=[gender.pk]),
        ListedSkill(gender.pk, None, "Gender", prerequisites=[]),
    ]
    replace_skills(tree=tree, skills=skills, at=timezone.now())
    assert list(SkillPrerequisite.objects.values_list("node", "requires")) == [(grammar.pk, gender.pk)]


@pytest.mark.parametrize(
    ("skills", "error"),
    [
        ([ListedSkill(None, None, f"Skill {number}") for number in range(MAX_NODES + 1)], TreeFull),
        ([ListedSkill(A, None, "A"), ListedSkill(A, None, "B")], RepeatedSkill),
        ([ListedSkill(A, uuid4(), "A")], UnknownSkill),
        ([ListedSkill(A, B, "A"), ListedSkill(B, A, "B")], BelowItself),
        ([ListedSkill(A, A, "A")], BelowItself),
        ([ListedSkill(None, B, "A"), ListedSkill(B, C, "B"), ListedSkill(C, B, "C")], BelowItself),
        (
            [ListedSkill(A, None, "A"), ListedSkill(B, A, "B"), ListedSkill(C, B, "C"), ListedSkill(None, C, "D")],
            TooDeep,
        ),
        ([ListedSkill(A, None, "A"), ListedSkill(B, A, " ")], NoSkillTitle),
        ([ListedSkill(A, None, "A", prerequisites=[D])], UnknownSkill),
        (
            [ListedSkill(A, None, "A", prerequisites=[B]), ListedSkill(B, None, "B", prerequisites=[A])],
            PrerequisiteCycle,
        ),
    ],
)
def test_a_bad_list_changes_nothing(tree: SkillTree, skills: list[ListedSkill], error: type[MemoryLoopError]) -> None:
    with pytest.raises(error):
        replace_skills(tree=tree, skills=skills, at=timezone.now())
    assert outline(tree) == ["Nouns", "  Gender", "Grammar"]


def test_a_skill_of_another_tree_does_not_move_here(tree: SkillTree) -> None:
    other = SkillNodeFactory(title="Not mine")
    replace_skills(tree=tree, skills=[ListedSkill(other.pk, None, "Mine")], at=timezone.now())
    other.refresh_from_db()
    assert other.title == "Not mine"
    assert tree.nodes.get(deleted_at=None).pk != other.pk


def test_a_list_for_an_older_tree_is_refused(tree: SkillTree) -> None:
    services.add_skill(tree=tree, title="Sounds")
    with pytest.raises(TreeChanged):
        replace_skills(tree=tree, skills=[], at=timezone.now(), revision=1)
    assert len(outline(tree)) == 4
