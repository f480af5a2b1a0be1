"""Services of skill trees: what users change of the skills. `revision` is that of the tree which the user saw."""

from collections.abc import Iterable
from datetime import datetime
from typing import TypedDict, Unpack
from uuid import UUID

from django.db import transaction

from base.errors import NotFound
from goals.models import Goal, SkillNode, SkillTree, TreeOrigin, TreeStatus
from goals.services import BATCH_SIZE, UNDO_TIME
from goals.trees.editing import editing
from goals.trees.errors import CannotMove, SkillPurged, UnknownSkill
from goals.trees.queries import NO_REVISION
from goals.trees.shape import Move, destination
from search.services import indexed_transaction


class SkillChanges(TypedDict, total=False):
    title: str
    description: str
    parent_id: UUID | None
    position: int | None
    prerequisites: Iterable[UUID]


@transaction.atomic
def open_tree(*, goal: Goal, proposed: bool = False) -> SkillTree:
    """The goal's accepted tree, or else the proposed one; with `proposed`, only that one.

    A goal without a tree gets an empty one, which is accepted: what a user makes by hand needs no second look.
    Raises NotFound if there is no proposed tree.
    """
    goal = Goal.objects.select_for_update().get(pk=goal.pk)
    trees = {tree.status: tree for tree in goal.trees.exclude(status=TreeStatus.REPLACED)}
    tree = (None if proposed else trees.get(TreeStatus.ACCEPTED)) or trees.get(TreeStatus.PROPOSED)
    if tree is None and proposed:
        raise NotFound
    return tree or SkillTree.objects.create(
        goal=goal, owner_id=goal.owner_id, status=TreeStatus.ACCEPTED, origin=TreeOrigin.MANUAL, revision=NO_REVISION
    )


def add_skill(
    *,
    tree: SkillTree,
    title: str,
    description: str = "",
    parent_id: UUID | None = None,
    position: int | None = None,
    revision: int | None = None,
) -> SkillNode:
    """Add a skill below the parent, or a branch: at the position among its siblings, or as the last one.

    Raises TreeChanged, NoSkillTitle, UnknownSkill, TooDeep or TreeFull.
    """
    with editing(tree, revision) as edit:
        return edit.add(title, description, parent_id, position)


def change_skill(*, skill: SkillNode, revision: int | None = None, **changes: Unpack[SkillChanges]) -> SkillNode:
    """Set what is given. A new `parent_id` or `position` moves the skill with those below it.

    Raises TreeChanged, UnknownSkill, NoSkillTitle, BelowItself, TooDeep, PrerequisiteInBranch or PrerequisiteCycle.
    """
    with editing(skill.tree, revision) as edit:
        node = edit.node(skill.pk)
        edit.describe(node, title=changes.get("title"), description=changes.get("description"))
        parent_id = changes.get("parent_id", node.parent_id)
        position = changes.get("position")
        if parent_id != node.parent_id or position is not None:
            edit.move(node, parent_id, position)
        if "prerequisites" in changes:
            edit.require(node, changes["prerequisites"])
        return node


def move_skill(
    *, skill: SkillNode, move: Move, target_id: UUID | None = None, revision: int | None = None
) -> SkillNode:
    """Move the skill with those below it. Raises CannotMove and the errors of `change_skill`."""
    with editing(skill.tree, revision) as edit:
        node = edit.node(skill.pk)
        if target_id is not None:
            edit.node(target_id)
        place = destination(edit.shape, node.pk, move, target_id)
        if place is None:
            raise CannotMove
        edit.move(node, *place)
        return node


def delete_skill(*, skill: SkillNode, at: datetime, revision: int | None = None) -> None:
    """Delete the skill and all below it; `restore_skill` undoes it until the purge. Their cards stay in the deck.

    Raises TreeChanged or UnknownSkill.
    """
    with editing(skill.tree, revision) as edit:
        edit.remove(edit.node(skill.pk).pk, at)


def restore_skill(*, skill: SkillNode) -> SkillNode:
    """Undo a deletion, also of the skills below. Raises SkillPurged, TreeChanged or TreeFull."""
    with editing(skill.tree) as edit:
        if skill.pk in edit.shape:
            return edit.nodes[skill.pk]
        deleted = _deleted_together(skill)
        edit.restore(deleted)
        return deleted[0]


def _deleted_together(skill: SkillNode) -> list[SkillNode]:
    """The deleted skill and those below it that were deleted with it, each before those below it."""
    rows = SkillNode.objects.filter(tree=skill.tree_id, deleted_at__isnull=False).in_order()
    by_id = {node.pk: node for node in rows}
    if skill.pk not in by_id:
        raise SkillPurged
    found = [by_id.pop(skill.pk)]
    ids = {skill.pk}
    for node in by_id.values():
        if node.parent_id in ids and node.deleted_at == found[0].deleted_at:
            found.append(node)
            ids.add(node.pk)
    return found


@transaction.atomic
def mark_known(*, skill: SkillNode, at: datetime, stability: float) -> SkillNode:
    """Note that the user knows the skill since `at`, as if they had a card of this stability, in days.

    Does not count up the tree's revision: it is learning, as a review is, and no edit of the tree overwrites it.
    """
    return _set_known(skill, at, stability)


@transaction.atomic
def unmark_known(*, skill: SkillNode) -> SkillNode:
    return _set_known(skill, None, None)


def _set_known(skill: SkillNode, at: datetime | None, stability: float | None) -> SkillNode:
    node = SkillNode.objects.select_for_update().filter(pk=skill.pk, deleted_at=None).first()
    if node is None:
        raise UnknownSkill
    node.known_at, node.known_stability = at, stability
    node.save(update_fields=["known_at", "known_stability", "updated_at"])
    return node


@indexed_transaction()
def purge_skills(*, at: datetime) -> None:
    """Permanently delete skills whose time for undo has passed. Their cards and conversations stay."""
    expired = SkillNode.objects.filter(deleted_at__lt=at - UNDO_TIME).values_list("pk", flat=True)
    SkillNode.objects.filter(pk__in=list(expired[:BATCH_SIZE])).delete()
