"""What a conversation is about: a goal, or a skill of a goal."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from chat.models import Conversation
from goals.models import Goal, SkillNode, TreeStatus
from goals.trees.queries import Skill, read_tree


@dataclass(frozen=True)
class Subject:
    """With a skill, the goal is that of the skill."""

    goal: Goal | None = None
    skill: SkillNode | None = None

    @classmethod
    def of(cls, conversation: Conversation) -> Self:
        """What the conversation is about and is not deleted. Reads both rows, unless they were joined."""
        goal, skill = conversation.goal, conversation.skill
        if goal is None or goal.deleted_at:
            return cls()
        return cls(goal, skill if skill and not skill.deleted_at else None)

    def skills(self) -> Iterable[Skill]:
        """The skills of the goal's accepted tree, in reading order."""
        tree = self.goal.trees.filter(status=TreeStatus.ACCEPTED).first() if self.goal else None
        return read_tree(tree) if tree else ()

    @property
    def value(self) -> str:
        """As a form sends it: `goal:` or `skill:` with the id, or nothing."""
        if self.skill:
            return f"skill:{self.skill.pk}"
        return f"goal:{self.goal.pk}" if self.goal else ""


NO_SUBJECT = Subject()
