"""Services of goals. For their skill trees, see `trees/`."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NotRequired, TypedDict, Unpack
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from base.text import storable
from goals.duplicates.errors import SimilarGoalExists
from goals.duplicates.queries import similar_goals
from goals.errors import GoalPurged, NoTitle
from goals.models import Goal
from search.services import indexed_transaction

# The page offers Undo for ten seconds. The longer time allows for slow networks and for clients of the API.
UNDO_TIME = timedelta(hours=1)
BATCH_SIZE = 100  # goals that one run of the periodic task purges


class NewGoalValues(TypedDict):
    title: str
    description: NotRequired[str]
    target_date: NotRequired[date | None]
    desired_retention: NotRequired[float | None]


class GoalChanges(TypedDict, total=False):
    title: str
    description: str
    target_date: date | None
    desired_retention: float | None
    status: str


def create_goal(*, owner: User, allow_duplicate: bool = False, **values: Unpack[NewGoalValues]) -> Goal:
    """Add a goal after the user's other ones.

    Call it outside of a transaction: to compare the goals, it may ask the embedder. Raises NoTitle, and unless
    `allow_duplicate` SimilarGoalExists.
    """
    title = _checked_title(values["title"])
    if not allow_duplicate:
        found = similar_goals(owner=owner, title=title)
        if found.items:
            raise SimilarGoalExists(found)
    with transaction.atomic():
        last = owner.goals.aggregate(last=Max("position"))["last"]
        return Goal.objects.create(
            owner=owner,
            title=title,
            description=storable(values.get("description", "")).strip(),
            target_date=values.get("target_date"),
            desired_retention=values.get("desired_retention"),
            position=0 if last is None else last + 1,
        )


@transaction.atomic
def change_goal(*, goal: Goal, **changes: Unpack[GoalChanges]) -> Goal:
    """Set the fields that are given and leave the others as they are. Raises NoTitle."""
    goal = Goal.objects.select_for_update().get(pk=goal.pk)
    if "title" in changes:
        changes["title"] = _checked_title(changes["title"])
    if "description" in changes:
        changes["description"] = storable(changes["description"]).strip()
    for name, value in changes.items():
        setattr(goal, name, value)
    goal.save(update_fields=[*changes, "updated_at"])
    return goal


def _checked_title(title: str) -> str:
    title = " ".join(storable(title).split())
    if not title:
        raise NoTitle
    return title


@transaction.atomic
def order_goals(*, owner: User, ids: Sequence[UUID]) -> None:
    """Put these goals first, in this order; the others follow in the order that they had. Ignores unknown ids."""
    goals = {goal.pk: goal for goal in owner.goals.alive().in_order().select_for_update()}
    chosen = [goals.pop(pk) for pk in dict.fromkeys(ids) if pk in goals]
    for position, goal in enumerate([*chosen, *goals.values()]):
        if goal.position != position:
            Goal.objects.filter(pk=goal.pk).update(position=position)


def move_goal(*, goal: Goal, before: Goal | None) -> None:
    """Put the goal directly before this other one of its owner; None: after all others."""
    ids = list(goal.owner.goals.alive().in_order().exclude(pk=goal.pk).values_list("pk", flat=True))
    place = ids.index(before.pk) if before is not None and before.pk in ids else len(ids)
    order_goals(owner=goal.owner, ids=[*ids[:place], goal.pk, *ids[place:]])


@transaction.atomic
def delete_goal(*, goal: Goal, at: datetime) -> None:
    """Delete the goal and its skill trees; `restore_goal` undoes it until the purge. Cards stay in the deck."""
    goal.deleted_at = at
    goal.save(update_fields=["deleted_at"])


@transaction.atomic
def restore_goal(*, goal: Goal) -> Goal:
    """Undo a deletion. Raises GoalPurged."""
    locked = Goal.objects.select_for_update().filter(pk=goal.pk).first()
    if locked is None:
        raise GoalPurged
    locked.deleted_at = None
    locked.save(update_fields=["deleted_at"])
    return locked


@indexed_transaction()
def purge_goals(*, at: datetime) -> None:
    """Permanently delete goals whose time for undo has passed, with their trees. Cards and conversations stay."""
    expired = Goal.objects.filter(deleted_at__lt=at - UNDO_TIME).values_list("pk", flat=True)
    Goal.objects.filter(pk__in=list(expired[:BATCH_SIZE])).delete()
