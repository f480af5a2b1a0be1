"""What the page that edits a skill tree shows beside the skills themselves."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from goals.models import MAX_DEPTH
from goals.trees.queries import Skill, Tree
from goals.trees.shape import Move, Shape, destination, is_allowed

STEPS: tuple[tuple[Move, StrOrPromise, str], ...] = (
    (Move.UP, _("Move up"), "arrow-up"),
    (Move.DOWN, _("Move down"), "arrow-down"),
    (Move.OUTDENT, _("Move out"), "arrow-left"),
    (Move.INDENT, _("Move in"), "arrow-right"),
)


@dataclass(frozen=True)
class Step:
    """A button that moves the open skill by one step."""

    move: str
    label: StrOrPromise
    icon: str
    impossible: bool


def steps(tree: Tree, skill: Skill) -> list[Step]:
    shape = shape_of(tree)
    return [Step(move.value, label, icon, not _is_possible(shape, skill.id, move)) for move, label, icon in STEPS]


def candidates(tree: Tree, skill: Skill) -> list[Skill]:
    """The skills that this one may build on, in reading order."""
    shape = shape_of(tree)
    requires = {other.id: other.requires for other in tree if other.id != skill.id}
    return [other for other in tree if is_allowed(shape, requires, skill.id, other.id)]


def targets(tree: Tree, skill: Skill) -> list[Skill]:
    """The skills below which this one fits with those below it, other than the one above it now."""
    shape = shape_of(tree)
    height = shape.height(skill.id)
    return [
        other
        for other in tree
        if other.depth + height <= MAX_DEPTH and other.id != skill.parent_id and not shape.is_within(other.id, skill.id)
    ]


def neighbor(tree: Tree, skill: Skill) -> UUID | None:
    """Where the focus goes when the skill is deleted: to the sibling after it, or before it, or to its parent."""
    siblings = shape_of(tree).siblings(skill.id)
    others = [*siblings[skill.position + 1 :], *reversed(siblings[: skill.position])]
    return others[0] if others else skill.parent_id


def whereabouts(tree: Tree, skill: Skill) -> str:
    """What screen readers hear after a change."""
    count = len(shape_of(tree).siblings(skill.id))
    words = {"title": skill.title, "level": skill.depth, "number": skill.position + 1, "count": count}
    return gettext("%(title)s: level %(level)d, %(number)d of %(count)d.") % words


def shape_of(tree: Tree) -> Shape:
    return Shape((skill.id, skill.parent_id) for skill in tree)


def _is_possible(shape: Shape, skill: UUID, move: Move) -> bool:
    place = destination(shape, skill, move)
    return place is not None and shape.depth(place[0]) + shape.height(skill) <= MAX_DEPTH
