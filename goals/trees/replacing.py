"""Replacing all skills of a tree with a list of them, as a client of the API sends it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from goals.models import MAX_DEPTH, MAX_NODES, SkillNode, SkillTree
from goals.trees.editing import TreeEdit, editing
from goals.trees.errors import BelowItself, RepeatedSkill, TooDeep, TreeFull, UnknownSkill
from goals.trees.shape import Shape


@dataclass(frozen=True)
class ListedSkill:
    """`id` is that of a skill of the tree, or a name that the list gives a new one. None: nothing refers to it.

    A skill of the tree keeps a description and prerequisites that are None.
    """

    id: UUID | None
    parent_id: UUID | None
    title: str
    description: str | None = None
    prerequisites: Sequence[UUID] | None = None


def replace_skills(
    *, tree: SkillTree, skills: Sequence[ListedSkill], at: datetime, revision: int | None = None
) -> None:
    """Make these the skills of the tree, siblings in the order of the list.

    Skills of the tree that the list has keep their cards and history. The others are deleted, and each can be restored.
    Raises TreeChanged, TreeFull, RepeatedSkill, UnknownSkill, BelowItself, TooDeep, NoSkillTitle, PrerequisiteInBranch
    or PrerequisiteCycle.
    """
    _check(skills)
    with editing(tree, revision) as edit:
        nodes = [_node(edit, skill) for skill in skills]
        listed = list(zip(nodes, skills, strict=True))
        ids = {skill.id: node.pk for node, skill in listed}
        edit.arrange(Shape((node.pk, ids[skill.parent_id] if skill.parent_id else None) for node, skill in listed), at)
        linked = {node.pk: skill.prerequisites for node, skill in listed if skill.prerequisites is not None}
        _link(edit, {pk: [ids.get(other, other) for other in others] for pk, others in linked.items()})


def _check(skills: Sequence[ListedSkill]) -> None:
    if len(skills) > MAX_NODES:
        raise TreeFull
    named = [skill for skill in skills if skill.id]
    parents = {skill.id: skill.parent_id for skill in named}
    if len(parents) < len(named):
        raise RepeatedSkill
    for skill in skills:
        _check_above(skill, parents)


def _check_above(skill: ListedSkill, parents: dict[UUID | None, UUID | None]) -> None:
    above, seen = skill.parent_id, {skill.id}
    while above is not None:
        if above not in parents:
            raise UnknownSkill
        if above in seen:
            raise BelowItself
        seen.add(above)
        above = parents[above]
    if len(seen) > MAX_DEPTH:
        raise TooDeep


def _node(edit: TreeEdit, skill: ListedSkill) -> SkillNode:
    if skill.id is None or skill.id not in edit.shape:
        return edit.create(skill.title, skill.description or "")
    node = edit.nodes[skill.id]
    edit.describe(node, title=skill.title, description=skill.description)
    return node


def _link(edit: TreeEdit, requires: dict[UUID, list[UUID]]) -> None:
    """All old prerequisites go first: one of them might make a circle with a new one of another skill."""
    for pk in requires:
        edit.requires.pop(pk, None)
    for pk, others in requires.items():
        edit.require(edit.nodes[pk], others)
