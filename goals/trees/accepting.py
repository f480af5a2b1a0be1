"""Accepting a proposed tree: its skills take the place of the present ones, and keep what these have.

The accepted tree stays the same row, so skills that are in both trees keep their ids, cards, reviews and conversations.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from goals.errors import BranchDeleted, NoProposal
from goals.models import MAX_DEPTH, Goal, SkillTree, TreeStatus
from goals.trees.editing import TreeEdit, editing
from goals.trees.errors import TreeChanged
from goals.trees.matching import matches
from goals.trees.queries import Skill, Tree, read_tree
from goals.trees.shape import Shape, is_allowed
from goals.trees.use import use_of


@dataclass(frozen=True)
class InUse:
    """A skill that the proposal does not have, with what it has, such as "12 cards". Its user decides on it."""

    skill: Skill
    use: Sequence[str]


@dataclass(frozen=True)
class Consequences:
    """What accepting changes of the present tree. `kept` is the number of its skills that the proposal has, too.

    `unused` are the skills that go without anything being lost, as they have neither cards nor history.
    """

    kept: int
    in_use: Sequence[InUse]
    unused: Sequence[Skill]


def consequences(proposal: SkillTree) -> Consequences:
    """What accepting the proposal would change. Raises BranchDeleted."""
    present = _accepted(proposal)
    if present is None:
        return Consequences(0, (), ())
    affected = _affected(read_tree(present), proposal.branch_id)
    matched = set(matches(read_tree(proposal), affected).values())
    missing = [skill for skill in affected if skill.id not in matched]
    use = use_of([skill.id for skill in missing])
    in_use = [InUse(skill, use[skill.id]) for skill in missing if skill.id in use]
    return Consequences(len(matched), in_use, [skill for skill in missing if skill.id not in use])


@transaction.atomic
def accept_proposal(
    *, proposal: SkillTree, let_go: Collection[UUID] = (), revision: int | None = None, at: datetime
) -> SkillTree:
    """Make the proposal the goal's tree, or the branch that it was made for. Returns the accepted tree.

    A present skill that is not proposed stays if it has cards, reviews or conversations, or is marked as known, unless
    its id is in `let_go`. All others are deleted, and each can be restored for an hour.
    Raises NoProposal, BranchDeleted, TreeChanged, and TreeFull or TooDeep if there is no room for the skills.
    """
    Goal.objects.select_for_update().get(pk=proposal.goal_id)
    locked = SkillTree.objects.select_for_update().filter(pk=proposal.pk, status=TreeStatus.PROPOSED).first()
    if locked is None:
        raise NoProposal
    if revision not in (None, locked.revision):
        raise TreeChanged(read_tree(locked))
    present = _accepted(locked)
    if present is None:
        locked.status, locked.accepted_at = TreeStatus.ACCEPTED, at
        locked.save(update_fields=["status", "accepted_at"])
        return locked
    with editing(present) as edit:
        _rearrange(edit, read_tree(present), read_tree(locked), locked.branch_id, let_go, at)
    _take_over(edit.tree, locked, at)
    return edit.tree


def _accepted(proposal: SkillTree) -> SkillTree | None:
    return SkillTree.objects.filter(goal=proposal.goal_id, status=TreeStatus.ACCEPTED).first()


def _take_over(present: SkillTree, proposal: SkillTree, at: datetime) -> None:
    """Note where the skills are from, and that the proposal is done with."""
    if proposal.branch_id is None:
        present.origin, present.provider, present.model = proposal.origin, proposal.provider, proposal.model
    present.accepted_at = at
    present.save(update_fields=["origin", "provider", "model", "accepted_at"])
    proposal.status, proposal.replaced_at, proposal.accepted_at = TreeStatus.REPLACED, at, at
    proposal.save(update_fields=["status", "replaced_at", "accepted_at"])
    proposal.runs.update(tree=present)


def _affected(present: Tree, branch_id: UUID | None) -> list[Skill]:
    """The skills that the proposal is about: all, or those below the branch. Raises BranchDeleted."""
    if branch_id is None:
        return list(present)
    branch = present.find(branch_id)
    if branch is None:
        raise BranchDeleted
    return list(branch.walk())[1:]


def _rearrange(
    edit: TreeEdit, present: Tree, proposal: Tree, branch_id: UUID | None, let_go: Collection[UUID], at: datetime
) -> None:
    affected = {skill.id: skill for skill in _affected(present, branch_id)}
    matched = matches(proposal, affected.values())
    ids = {skill.id: _node_id(edit, skill, matched) for skill in proposal}
    missing = affected.keys() - set(matched.values())
    kept = missing.intersection(use_of(missing)).difference(let_go)
    shape = Shape((skill.id, skill.parent_id) for skill in present if skill.id not in affected)
    for skill in proposal:
        shape.insert(ids[skill.id], ids[skill.parent_id] if skill.parent_id else branch_id)
    for skill_id, skill in affected.items():
        if skill_id in kept:
            shape.insert(skill_id, _nearest(skill, present, shape) or branch_id)
    edit.arrange(shape, at)
    for skill in proposal:
        for required in skill.requires:
            _link(edit, ids[skill.id], ids[required])


def _node_id(edit: TreeEdit, skill: Skill, matched: Mapping[UUID, UUID]) -> UUID:
    """The id of the skill in the accepted tree."""
    if skill.id not in matched:
        return edit.create(skill.title, skill.description).pk
    node = edit.node(matched[skill.id])
    edit.describe(node, title=skill.title, description=skill.description or None)
    return node.pk


def _nearest(skill: Skill, present: Tree, shape: Shape) -> UUID | None:
    """The skill above that is still in the tree and has room for this one."""
    above = skill.parent_id
    while above is not None and above not in shape:
        parent = present.find(above)
        above = parent.parent_id if parent else None
    while above is not None and shape.depth(above) >= MAX_DEPTH:
        above = shape.parent(above)
    return above


def _link(edit: TreeEdit, skill: UUID, other: UUID) -> None:
    """Prerequisites that users have set come first: one that makes a circle with them is left out."""
    if is_allowed(edit.shape, edit.requires, skill, other):
        edit.requires.setdefault(skill, set()).add(other)
