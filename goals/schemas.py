"""The request and response bodies of the JSON API of goals."""

from datetime import date, datetime
from typing import Annotated, Protocol, Self
from uuid import UUID

from ninja import Field
from pydantic import BaseModel, ConfigDict, Strict

from base.api.pagination import Listing
from base.api.schemas import RequestBody
from base.api.values import Choice, Key
from goals.models import MAX_GOAL_DESCRIPTION_LENGTH, MAX_TITLE_LENGTH, Goal, GoalStatus

Title = Annotated[str, Field(max_length=MAX_TITLE_LENGTH)]
Description = Annotated[str, Field(max_length=MAX_GOAL_DESCRIPTION_LENGTH)]
Day = Annotated[date, Strict(False)]
Retention = Annotated[float, Field(ge=0.7, le=0.99)]


class NewGoal(RequestBody):
    title: Title
    description: Description = ""
    target_date: Day | None = None
    desired_retention: Retention | None = None


class GoalToCreate(NewGoal):
    """With `tree`, the user's default model is asked for a skill tree, too."""

    allow_duplicate: bool = False
    tree: bool = False


class OtherGoal(RequestBody):
    goal_id: Key


class GoalChange(RequestBody):
    title: Title = ""
    description: Description = ""
    target_date: Day | None = None
    desired_retention: Retention | None = None
    status: Choice[GoalStatus] = GoalStatus.ACTIVE


class GoalFilter(Listing):
    status: GoalStatus | None = None


class Mastery(Protocol):
    """What is known of a goal or of a skill, between 0 and 1; None without cards. See docs/mastery.md."""

    @property
    def mastery(self) -> float | None: ...
    @property
    def coverage(self) -> float | None: ...
    @property
    def cards(self) -> int: ...


class GoalFields(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    title: str
    description: str
    target_date: date | None
    desired_retention: float | None
    status: str
    created_at: datetime


class GoalOut(GoalFields):
    """`mastery` is the share of all cards that would be recalled now, `coverage` that of the cards answered so far.

    Both are null without cards.
    """

    mastery: float | None
    coverage: float | None

    @classmethod
    def of(cls, goal: Goal, known: Mastery) -> Self:
        fields = GoalFields.model_validate(goal).model_dump()
        return cls(**fields, mastery=known.mastery, coverage=known.coverage)


class GoalSummary(GoalFields):
    """A goal without its mastery."""

    @classmethod
    def of(cls, goal: Goal) -> Self:
        return cls.model_validate(goal)


class FoundGoal(GoalSummary):
    """A goal among the results of a search."""
