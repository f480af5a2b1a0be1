"""The tools of goals."""

from typing import Annotated, Self
from uuid import UUID

from django.utils import timezone
from pydantic import BaseModel, ConfigDict, Field

from accounts.models import Scope, User
from base.api.values import Choice, Key
from goals import services
from goals.models import Goal, GoalStatus
from goals.schemas import GoalOut, NewGoal
from mcp_server.registry import ToolInput, tool
from mcp_server.uris import uri_of
from quiz.mastery.queries import NO_MASTERY, GoalMastery, mastery_of_goal, mastery_of_goals
from quiz.schemas import NextStepOut
from quiz.study.queries import next_steps

MAX_GOALS = 200  # that are listed


class WhichGoals(ToolInput):
    status: Annotated[Choice[GoalStatus] | None, Field(description="Only goals with this status.")] = None


class ListedGoal(GoalOut):
    uri: str

    @classmethod
    def with_mastery(cls, goal: Goal, known: GoalMastery) -> Self:
        return cls(**GoalOut.of(goal, known.total).model_dump(), uri=uri_of(goal))


class GoalsAnswer(BaseModel):
    """In the user's order. Mastery and coverage are between 0 and 1; null without cards."""

    items: list[ListedGoal]


@tool("List goals")
def list_goals(owner: User, given: WhichGoals) -> GoalsAnswer:
    """What the user wants to learn, with the share of each goal's cards that they would recall now."""
    goals = owner.goals.alive().in_order()
    if given.status is not None:
        goals = goals.filter(status=given.status)
    known = mastery_of_goals(owner=owner, at=timezone.now())
    return GoalsAnswer(
        items=[ListedGoal.with_mastery(goal, known.get(goal.pk, NO_MASTERY)) for goal in goals[:MAX_GOALS]]
    )


class WhichGoal(ToolInput):
    goal_id: Key


class GoalProgress(BaseModel):
    """`due` cards can be studied now, `new` ones were never answered. `next_steps` are skills, in the order to learn.

    `fading_skills` are the ids of those that the user is forgetting, the least recalled first.
    """

    goal: ListedGoal
    cards: int
    new: int
    due: int
    fading_skills: list[UUID]
    next_steps: list[NextStepOut]


@tool("Progress of a goal")
def goal_progress(owner: User, given: WhichGoal) -> GoalProgress:
    """How much of a goal the user knows now, what is fading, and what to learn next."""
    goal, at = owner.goals.alive().get_or_not_found(given.goal_id), timezone.now()
    known = mastery_of_goal(goal=goal, at=at)
    return GoalProgress(
        goal=ListedGoal.with_mastery(goal, known),
        cards=known.total.cards,
        new=known.total.new,
        due=known.total.due,
        fading_skills=known.fading,
        next_steps=[NextStepOut.of(step) for step in next_steps(goal=goal, at=at)],
    )


class AddGoal(NewGoal):
    model_config = ConfigDict(extra="forbid")

    allow_duplicate: Annotated[bool, Field(description="Add it although the user has a similar goal.")] = False


@tool("Add a goal", scope=Scope.WRITE)
def add_goal(owner: User, given: AddGoal) -> ListedGoal:
    """Add something that the user wants to learn. One that is like a goal of theirs is refused, with that goal."""
    goal = services.create_goal(owner=owner, **given.model_dump())
    return ListedGoal.with_mastery(goal, NO_MASTERY)
