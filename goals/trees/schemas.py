"""The request and response bodies of the JSON API of skill trees."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from ninja import Field
from pydantic import BaseModel

from base.api.schemas import RequestBody
from base.api.values import Key
from goals.models import MAX_NODES, MAX_SKILL_DESCRIPTION_LENGTH, MAX_TITLE_LENGTH, SkillNode
from goals.schemas import Mastery
from goals.trees.queries import NO_REVISION, Skill, Tree, read_tree

LAST = 1_000_001  # greater than each position
Title = Annotated[str, Field(max_length=MAX_TITLE_LENGTH)]
Description = Annotated[str, Field(max_length=MAX_SKILL_DESCRIPTION_LENGTH)]
Position = Annotated[int, Field(ge=0, le=1_000_000)]
Revision = Annotated[int, Field(ge=0, le=2_147_483_647)]
Prerequisites = Annotated[list[Key], Field(max_length=MAX_NODES)]
NO_TREE = "none"


class WhichTree(BaseModel):
    """The accepted tree, or else the proposed one; with `proposed`, only that one."""

    proposed: bool = False


class SeenTree(RequestBody):
    """`revision` is that of the tree which the client saw: if the tree has another one now, nothing is changed.

    Without it, the change is made to whatever the tree is now.
    """

    revision: Revision | None = None


class SeenRevision(BaseModel):
    revision: Revision | None = None


class NewSkill(SeenTree):
    """A skill below `parent_id`; without it, a branch of the goal's tree. The last one, if there is no position."""

    goal_id: Key
    parent_id: Key | None = None
    title: Title
    description: Description = ""
    position: Position | None = None


class SkillChange(SeenTree):
    title: Title = ""
    description: Description = ""
    parent_id: Key | None = None
    position: Position | None = None
    prerequisites: Prerequisites = []


class ListedNode(RequestBody):
    """A skill of the tree, or a new one, whose id is only a name for `parent_id` and `prerequisites` of others.

    Siblings are in the order of their positions, and then of the list.
    """

    id: Key | None = None
    parent_id: Key | None = None
    title: Title
    description: Description | None = None
    position: Position | None = None
    prerequisites: Prerequisites | None = None


class TreeContent(SeenTree):
    nodes: list[ListedNode]

    def ordered(self) -> list[ListedNode]:
        return sorted(self.nodes, key=lambda node: LAST if node.position is None else node.position)


class SkillOut(BaseModel):
    """A skill. `known_at` is when the user proved or said that they know it already.

    `mastery` and `coverage`, between 0 and 1, count the skills below, too; both are null without cards. Only an answer
    of a whole tree has them and the number of `cards`.
    """

    id: UUID
    parent_id: UUID | None
    title: str
    description: str
    depth: int
    position: int
    known_at: datetime | None
    prerequisites: list[UUID]
    mastery: float | None = None
    coverage: float | None = None
    cards: int | None = None

    @classmethod
    def of(cls, skill: Skill, known: Mastery | None = None) -> Self:
        return cls(
            id=skill.id,
            parent_id=skill.parent_id,
            title=skill.title,
            description=skill.description,
            depth=skill.depth,
            position=skill.position,
            known_at=skill.known_at,
            prerequisites=list(skill.requires),
            mastery=known.mastery if known else None,
            coverage=known.coverage if known else None,
            cards=known.cards if known else None,
        )


class TreeOut(BaseModel):
    """A skill tree; `nodes` are in reading order, each before those below it.

    A goal without a tree has the status none, running while a model is asked for one, or failed after that.
    """

    id: UUID | None
    status: str
    origin: str | None
    revision: int
    nodes: list[SkillOut]

    @classmethod
    def of(cls, tree: Tree | None, known: Mapping[UUID, Mastery] | None = None) -> Self:
        if tree is None:
            return cls.without_tree()
        nodes = [SkillOut.of(skill, (known or {}).get(skill.id)) for skill in tree]
        return cls(id=tree.id, status=tree.status, origin=tree.origin, revision=tree.revision, nodes=nodes)

    @classmethod
    def without_tree(cls, status: str = NO_TREE) -> Self:
        return cls(id=None, status=status or NO_TREE, origin=None, revision=NO_REVISION, nodes=[])


class ChangedSkill(SkillOut):
    """A skill after a change. `revision` is what the tree has now."""

    revision: int = 0

    @classmethod
    def after(cls, node: SkillNode) -> Self:
        tree = read_tree(node.tree)
        skill = next(skill for skill in tree if skill.id == node.pk)
        return cls.of(skill).model_copy(update={"revision": tree.revision})


class PresentTree(BaseModel):
    """The tree as it is now."""

    tree: TreeOut

    @classmethod
    def of(cls, tree: Tree | None) -> Self:
        return cls(tree=TreeOut.of(tree))
