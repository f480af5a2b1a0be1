"""Services of proposed trees. For accepting one, see `accepting`."""

from collections import defaultdict
from datetime import datetime
from uuid import UUID

from django.db import transaction

from base.models import OwnedQuerySet
from goals.errors import NoProposal
from goals.growing.drafts import SkillDraft, TreeDraft
from goals.models import Goal, SkillNode, SkillPrerequisite, SkillTree, TreeOrigin, TreeStatus
from goals.services import BATCH_SIZE, UNDO_TIME
from goals.trees.matching import same_title
from goals.trees.shape import Shape, allowed_links


@transaction.atomic
def propose_tree(
    *,
    goal: Goal,
    draft: TreeDraft,
    origin: TreeOrigin,
    at: datetime,
    branch: SkillNode | None = None,
    provider: str = "",
    model: str = "",
) -> SkillTree:
    """Save the draft as the goal's proposal. One that waited for a decision is replaced."""
    Goal.objects.select_for_update().get(pk=goal.pk)
    _proposed(goal).update(status=TreeStatus.REPLACED, replaced_at=at)
    tree = SkillTree.objects.create(
        goal=goal,
        owner_id=goal.owner_id,
        origin=origin,
        branch=branch,
        provider=provider,
        model=model,
        corrections=draft.corrections,
    )
    nodes = _nodes(tree, draft)
    SkillNode.objects.bulk_create(node for node, _skill in nodes)
    SkillPrerequisite.objects.bulk_create(
        SkillPrerequisite(owner_id=tree.owner_id, node_id=node_id, requires_id=other)
        for node_id, others in _links(nodes).items()
        for other in sorted(others)
    )
    return tree


def open_proposal(*, goal: Goal) -> SkillTree:
    """The proposal that waits for a decision. Raises NoProposal."""
    proposal = _proposed(goal).first()
    if proposal is None:
        raise NoProposal
    return proposal


def _proposed(goal: Goal) -> OwnedQuerySet[SkillTree]:
    return SkillTree.objects.filter(goal=goal, status=TreeStatus.PROPOSED)


def _nodes(tree: SkillTree, draft: TreeDraft) -> list[tuple[SkillNode, SkillDraft]]:
    """Unsaved rows in reading order, each with its draft."""
    nodes: list[tuple[SkillNode, SkillDraft]] = []

    def add(skills: list[SkillDraft], parent: SkillNode | None) -> None:
        for position, skill in enumerate(skills):
            node = SkillNode(
                owner_id=tree.owner_id,
                tree=tree,
                parent=parent,
                title=skill.title,
                description=skill.description,
                depth=parent.depth + 1 if parent else 1,
                position=position,
            )
            nodes.append((node, skill))
            add(skill.children, node)

    add(draft.branches, None)
    return nodes


def _links(nodes: list[tuple[SkillNode, SkillDraft]]) -> dict[UUID, set[UUID]]:
    """The prerequisites by title, without unknown and ambiguous titles, and without circles."""
    by_title: dict[str, list[UUID]] = defaultdict(list)
    for node, skill in nodes:
        by_title[same_title(skill.title)].append(node.pk)
    wanted = [
        (node.pk, found[0])
        for node, skill in nodes
        for title in skill.requires
        if len(found := by_title.get(same_title(title), [])) == 1
    ]
    return allowed_links(Shape((node.pk, node.parent_id) for node, _skill in nodes), wanted)


@transaction.atomic
def discard_proposal(*, proposal: SkillTree, at: datetime) -> None:
    """Put the proposal away; `restore_proposal` undoes it until the purge. Raises NoProposal."""
    if not _proposed(proposal.goal).filter(pk=proposal.pk).update(status=TreeStatus.REPLACED, replaced_at=at):
        raise NoProposal


@transaction.atomic
def restore_proposal(*, proposal: SkillTree) -> SkillTree:
    """Undo the discarding. Raises NoProposal if it is purged, was accepted, or another one has taken its place."""
    Goal.objects.select_for_update().get(pk=proposal.goal_id)
    locked = SkillTree.objects.select_for_update().filter(pk=proposal.pk).first()
    if locked is None or locked.accepted_at is not None or _proposed(proposal.goal).exclude(pk=proposal.pk).exists():
        raise NoProposal
    locked.status, locked.replaced_at = TreeStatus.PROPOSED, None
    locked.save(update_fields=["status", "replaced_at"])
    return locked


@transaction.atomic
def purge_proposals(*, at: datetime) -> None:
    """Permanently delete replaced and discarded proposals whose time for undo has passed."""
    expired = SkillTree.objects.filter(status=TreeStatus.REPLACED, replaced_at__lt=at - UNDO_TIME)
    SkillTree.objects.filter(pk__in=list(expired.values_list("pk", flat=True)[:BATCH_SIZE])).delete()
