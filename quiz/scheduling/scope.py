"""What a user studies: all cards, or those of one goal or skill."""

from dataclasses import dataclass, replace
from typing import Self
from uuid import UUID

from accounts.models import User
from base.errors import NotFound
from goals.models import Goal, SkillNode


@dataclass(frozen=True)
class StudyScope:
    """All cards, those of a goal, or those of a skill and the skills below it. `goal` is set for a skill, too.

    `ahead`: also the cards that are not due, and those beyond the day's limits.
    """

    goal: Goal | None = None
    skill: SkillNode | None = None
    ahead: bool = False

    @classmethod
    def of(cls, owner: User, *, goal_id: UUID | None, skill_id: UUID | None, ahead: bool = False) -> Self:
        """The scope with these ids. Raises NotFound if the user has no such goal, or no such skill in the goal."""
        if skill_id is None:
            return cls(owner.goals.alive().get_or_not_found(goal_id) if goal_id else None, ahead=ahead)
        skill = owner.skill_nodes.accepted().select_related("tree__goal").get_or_not_found(skill_id)
        if goal_id is not None and skill.tree.goal_id != goal_id:
            raise NotFound
        return cls(skill.tree.goal, skill, ahead)

    @property
    def subject(self) -> Goal | SkillNode | None:
        return self.skill or self.goal

    @property
    def title(self) -> str:
        return self.subject.title if self.subject else ""

    def studied_ahead(self) -> Self:
        return replace(self, ahead=True)


ALL_CARDS = StudyScope()
