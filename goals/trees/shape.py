"""The shape of a skill tree: which skill is below which, and in which order. Of skills, it knows only the ids."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


@dataclass(frozen=True)
class Place:
    """Where a skill is. Branches have depth 1 and no parent; positions begin at 0 and have no gaps."""

    parent: UUID | None
    depth: int
    position: int


class Move(StrEnum):
    """Where a skill goes, as seen from where it is, or from another skill."""

    UP = "up"
    DOWN = "down"
    INDENT = "indent"  # below the sibling before it
    OUTDENT = "outdent"  # after its parent
    BEFORE = "before"
    AFTER = "after"
    INTO = "into"  # the last one below the other skill, or the last branch


class Shape:
    """A tree that can be rearranged. Callers check first that a change is allowed: `is_within`, `depth`, `height`."""

    def __init__(self, parents: Iterable[tuple[UUID, UUID | None]] = ()) -> None:
        """Each skill with its parent, siblings in their order. A parent may come after its children."""
        self._parents: dict[UUID, UUID | None] = {}
        self._children: dict[UUID | None, list[UUID]] = {}
        for skill, parent in parents:
            self.insert(skill, parent)

    def __contains__(self, skill: object) -> bool:
        return skill in self._parents

    def __len__(self) -> int:
        return len(self._parents)

    def __iter__(self) -> Iterator[UUID]:
        """In reading order: each skill before those below it."""
        for branch in self.children(None):
            yield from self.subtree(branch)

    def parent(self, skill: UUID) -> UUID | None:
        return self._parents[skill]

    def children(self, parent: UUID | None) -> list[UUID]:
        return list(self._children.get(parent, ()))

    def siblings(self, skill: UUID) -> list[UUID]:
        """In their order, with the skill itself."""
        return self.children(self._parents[skill])

    def ancestors(self, skill: UUID) -> list[UUID]:
        """From the branch down to the parent."""
        above: list[UUID] = []
        parent = self._parents[skill]
        while parent is not None:
            above.append(parent)
            parent = self._parents[parent]
        return above[::-1]

    def depth(self, skill: UUID | None) -> int:
        """1 for a branch. None stands for the goal, whose depth is 0."""
        return 0 if skill is None else len(self.ancestors(skill)) + 1

    def height(self, skill: UUID) -> int:
        """The number of levels of its subtree, 1 for a skill without others below it."""
        return 1 + max((self.height(child) for child in self.children(skill)), default=0)

    def subtree(self, skill: UUID) -> list[UUID]:
        """The skill and all below it, in reading order."""
        return [skill, *(below for child in self.children(skill) for below in self.subtree(child))]

    def is_within(self, skill: UUID, root: UUID) -> bool:
        """Whether the skill is `root` or below it."""
        return skill == root or root in self.ancestors(skill)

    def insert(self, skill: UUID, parent: UUID | None, position: int | None = None) -> None:
        """Add the skill below `parent` before the sibling at this position; None: after the last one."""
        siblings = self._children.setdefault(parent, [])
        siblings.insert(len(siblings) if position is None else position, skill)
        self._parents[skill] = parent

    def move(self, skill: UUID, parent: UUID | None, position: int | None = None) -> None:
        """Move the skill with its subtree. The position is that among the new siblings, without the skill itself."""
        self._children[self._parents[skill]].remove(skill)
        self.insert(skill, parent, position)

    def remove(self, skill: UUID) -> list[UUID]:
        """Take the skill out with its subtree, which is returned."""
        removed = self.subtree(skill)
        self._children[self._parents[skill]].remove(skill)
        for below in removed:
            del self._parents[below]
            self._children.pop(below, None)
        return removed

    def places(self) -> dict[UUID, Place]:
        """Where each skill is, in reading order."""
        return {
            skill: Place(self._parents[skill], self.depth(skill), self.siblings(skill).index(skill)) for skill in self
        }


def destination(
    shape: Shape, skill: UUID, move: Move, target: UUID | None = None
) -> tuple[UUID | None, int | None] | None:
    """The new parent and the position there, as `Shape.move` takes them. None if the skill cannot move that way."""
    parent = shape.parent(skill)
    siblings = shape.siblings(skill)
    index = siblings.index(skill)
    match move:
        case Move.UP if index > 0:
            return parent, index - 1
        case Move.DOWN if index + 1 < len(siblings):
            return parent, index + 1
        case Move.INDENT if index > 0:
            return siblings[index - 1], None
        case Move.OUTDENT if parent is not None:
            return shape.parent(parent), shape.siblings(parent).index(parent) + 1
        case Move.BEFORE | Move.AFTER if target is not None and target != skill:
            others = [other for other in shape.siblings(target) if other != skill]
            return shape.parent(target), others.index(target) + (move == Move.AFTER)
        case Move.INTO:
            return target, None
    return None


def leads_to(requires: Mapping[UUID, Iterable[UUID]], start: UUID, end: UUID) -> bool:
    """Whether `start` requires `end`, itself or through other skills. A skill leads to itself."""
    seen: set[UUID] = set()
    waiting = [start]
    while waiting:
        skill = waiting.pop()
        if skill == end:
            return True
        if skill not in seen:
            seen.add(skill)
            waiting.extend(requires.get(skill, ()))
    return False


def is_allowed(shape: Shape, requires: Mapping[UUID, Iterable[UUID]], skill: UUID, other: UUID) -> bool:
    """Whether `skill` may build on `other`: neither is above the other, and no circle would arise."""
    if shape.is_within(skill, other) or shape.is_within(other, skill):
        return False
    return not leads_to(requires, other, skill)


def allowed_links(shape: Shape, links: Iterable[tuple[UUID, UUID]]) -> dict[UUID, set[UUID]]:
    """The skills that each skill builds on, without the links that the shape or an earlier link rules out."""
    requires: dict[UUID, set[UUID]] = {}
    for skill, other in links:
        if skill in shape and other in shape and is_allowed(shape, requires, skill, other):
            requires.setdefault(skill, set()).add(other)
    return requires
