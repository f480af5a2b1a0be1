"""Reads of skill trees. A whole tree is read with two statements, and pages add to it what they know of each skill."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from accounts.models import User
from base.sql.prepared import PreparedQuery, PreparedRows
from goals.models import Goal, SkillNode, SkillPrerequisite, SkillTree, TreeStatus

NO_REVISION = 0  # of a goal without a tree
_COLUMNS = ("id", "parent_id", "title", "description", "depth", "position", "known_at", "known_stability")
_REQUIRED = ArraySubquery(
    SkillPrerequisite.objects.filter(node=OuterRef("pk"), requires__deleted_at=None)
    .order_by("requires__depth", "requires__position", "requires")
    .values("requires_id")
)


@dataclass(frozen=True)
class Skill:
    """A skill with those below it.

    `path` has the titles of those above it, the branch first; `requires` the ids of its prerequisites.
    """

    id: UUID
    parent_id: UUID | None
    title: str
    description: str
    depth: int
    position: int
    known_at: datetime | None
    known_stability: float | None
    requires: Sequence[UUID]
    path: tuple[str, ...]
    children: tuple["Skill", ...]

    def walk(self) -> Iterator["Skill"]:
        """The skill and all below it, in reading order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True)
class Tree:
    """A skill tree as it is now. `branches` are its skills of depth 1, in their order."""

    id: UUID
    goal_id: UUID
    status: str
    origin: str
    revision: int
    branches: tuple[Skill, ...]

    def __iter__(self) -> Iterator[Skill]:
        """All skills in reading order: each before those below it."""
        for branch in self.branches:
            yield from branch.walk()

    def find(self, skill_id: UUID) -> Skill | None:
        return next((skill for skill in self if skill.id == skill_id), None)


_NAMES = (*_COLUMNS, "requires")
_TREES = PreparedQuery(
    lambda goal_id: SkillTree.objects.filter(goal_id=goal_id).exclude(status=TreeStatus.REPLACED), goal_id=UUID
)
_NODES = PreparedRows(
    lambda tree_id: (
        SkillNode.objects.filter(tree_id=tree_id, deleted_at=None).in_order().values_list(*_COLUMNS, _REQUIRED)
    ),
    tree_id=UUID,
)


def tree_of(goal: Goal, *, proposed: bool = False) -> Tree | None:
    """The goal's accepted tree, or else the proposed one; with `proposed`, only that one. None without any."""
    trees = {tree.status: tree for tree in _TREES(goal_id=goal.pk)}
    tree = (None if proposed else trees.get(TreeStatus.ACCEPTED)) or trees.get(TreeStatus.PROPOSED)
    return read_tree(tree) if tree else None


def read_tree(tree: SkillTree) -> Tree:
    """The whole tree, without its deleted skills."""
    return _tree(tree, [dict(zip(_NAMES, row, strict=True)) for row in _NODES(tree_id=tree.pk)])


def accepted_trees(owner: User) -> dict[UUID, Tree]:
    """The accepted trees of all goals of the user, by the goal's id: two statements, however many there are."""
    trees = SkillTree.objects.filter(owner=owner, status=TreeStatus.ACCEPTED, goal__deleted_at=None)
    rows: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for row in owner.skill_nodes.accepted().in_order().values("tree_id", *_COLUMNS, requires=_REQUIRED):
        rows[row.pop("tree_id")].append(row)
    return {tree.goal_id: _tree(tree, rows[tree.pk]) for tree in trees}


def _tree(tree: SkillTree, rows: Iterable[dict[str, Any]]) -> Tree:
    """`rows` have the columns of its skills, siblings in their order."""
    below: dict[UUID | None, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        below[row["parent_id"]].append(row)

    def skills(parent_id: UUID | None, path: tuple[str, ...]) -> tuple[Skill, ...]:
        return tuple(
            Skill(**row, path=path, children=skills(row["id"], (*path, row["title"]))) for row in below[parent_id]
        )

    return Tree(tree.pk, tree.goal_id, tree.status, tree.origin, tree.revision, skills(None, ()))
