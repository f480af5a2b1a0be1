"""What is shown of a skill's mastery, and the pages that show a tree."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from goals.trees.queries import Skill, Tree


class SkillMastery(Protocol):
    """What `quiz.mastery` knows of a skill with those below it: `percent` is its mastery, or None without cards."""

    @property
    def percent(self) -> int | None: ...
    @property
    def cards(self) -> int: ...
    @property
    def fading(self) -> bool: ...


@dataclass(frozen=True)
class TreeFigure:
    """A tree with the mastery of its skills and the page of each. A skill that is not in `masteries` has no cards."""

    title: str
    tree: Tree
    masteries: Mapping[UUID, SkillMastery]
    url_of: Callable[[UUID], str]

    @property
    def skill_count(self) -> int:
        return len(list(self.tree))

    def is_fading(self, skill: Skill) -> bool:
        return skill.id in self.masteries and self.masteries[skill.id].fading

    def has_cards(self, skill: Skill) -> bool:
        return skill.id in self.masteries and self.masteries[skill.id].cards > 0

    def percent(self, skill: Skill) -> int | None:
        return self.masteries[skill.id].percent if skill.id in self.masteries else None
