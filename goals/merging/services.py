"""Services that make one goal of two. Nothing is deleted: rows move with their ids, and what refers to them follows."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import F

from base.errors import NotFound
from base.text import storable
from goals.merging.errors import SameGoal, TreeBeingMade
from goals.merging.registry import let_others_follow
from goals.models import MAX_NODES, Goal, SkillNode, SkillTree, TreeRunStatus, TreeStatus
from goals.trees.errors import TreeFull


@transaction.atomic
def merge_goals(*, source: Goal, target: Goal, at: datetime) -> Goal:
    """Move the skills, with their cards, and the conversations and reviews of `source` to `target`, and delete it.

    Its branches follow those of the target. Its description is added to the target's, which keeps its title, its dates
    and its retention where it has them. The deleted goal can be restored, without what has moved.
    Raises SameGoal, NotFound, TreeBeingMade or TreeFull.
    """
    if source.pk == target.pk:
        raise SameGoal
    # In the order of their ids, so that two merges of the same goals don't wait for each other.
    pair = Goal.objects.alive().filter(owner_id=target.owner_id, pk__in=[source.pk, target.pk])
    locked = {goal.pk: goal for goal in pair.order_by("pk").select_for_update()}
    if len(locked) < 2:
        raise NotFound
    source, target = locked[source.pk], locked[target.pk]
    _join_trees(source, target)
    let_others_follow(source=source, target=target)
    for relation in Goal._meta.related_objects:
        rows = relation.related_model._base_manager.filter(**{relation.field.name: source})
        rows.update(**{relation.field.name: target})
    source.deleted_at = at
    source.save(update_fields=["deleted_at", "updated_at"])
    return _add(target, source.description, source.target_date, source.desired_retention)


@transaction.atomic
def add_to_goal(*, goal: Goal, description: str = "", target_date: date | None = None) -> Goal:
    """Merge a goal that is not created yet into this one: add its description, and its date if this one has none."""
    goal = Goal.objects.select_for_update().get(pk=goal.pk)
    return _add(goal, storable(description).strip(), target_date, None)


def _add(goal: Goal, description: str, target_date: date | None, retention: float | None) -> Goal:
    if description not in goal.description:
        goal.description = "\n\n".join(filter(None, [goal.description, description]))
    goal.target_date = goal.target_date or target_date
    goal.desired_retention = goal.desired_retention or retention
    goal.save(update_fields=["description", "target_date", "desired_retention", "updated_at"])
    return goal


def _join_trees(source: Goal, target: Goal) -> None:
    """Make one tree of two accepted ones, and of two proposed ones. Raises TreeBeingMade or TreeFull."""
    if any(goal.tree_runs.filter(status=TreeRunStatus.RUNNING).exists() for goal in (source, target)):
        raise TreeBeingMade
    trees = SkillTree.objects.filter(goal__in=[source, target]).order_by("pk").select_for_update()
    present = {(tree.goal_id, tree.status): tree for tree in trees if tree.status != TreeStatus.REPLACED}
    for status in (TreeStatus.ACCEPTED, TreeStatus.PROPOSED):
        moved, kept = present.get((source.pk, status)), present.get((target.pk, status))
        if moved and kept:
            _join(moved, kept)


def _join(moved: SkillTree, kept: SkillTree) -> None:
    """Put the branches of one tree after those of the other. Raises TreeFull."""
    alive = SkillNode.objects.filter(tree__in=[moved, kept], deleted_at=None)
    if alive.count() > MAX_NODES:
        raise TreeFull
    branches = kept.nodes.filter(parent=None, deleted_at=None).count()
    moved.nodes.filter(parent=None).update(position=F("position") + branches)
    # Deleted skills move, too, so that their deletion can be undone.
    moved.nodes.update(tree=kept)
    moved.status = TreeStatus.REPLACED
    moved.save(update_fields=["status"])
    SkillTree.objects.filter(pk=kept.pk).update(revision=F("revision") + 1)
