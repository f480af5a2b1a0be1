"""The similar goals in a response of the JSON API."""

from typing import Self

from pydantic import BaseModel

from goals.duplicates.queries import SimilarGoal, SimilarGoals
from goals.schemas import GoalSummary


class SimilarGoalOut(BaseModel):
    goal: GoalSummary
    similarity: float

    @classmethod
    def of(cls, item: SimilarGoal) -> Self:
        return cls(goal=GoalSummary.of(item.goal), similarity=item.similarity)


class SimilarGoalsOut(BaseModel):
    """The most similar goals first. `notice` says when only their words were compared."""

    similar: list[SimilarGoalOut]
    notice: str

    @classmethod
    def of(cls, found: SimilarGoals) -> Self:
        return cls(similar=[SimilarGoalOut.of(item) for item in found.items], notice=found.notice)
