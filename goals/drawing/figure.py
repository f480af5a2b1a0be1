"""What is shown of a skill's mastery, and the pages that show a tree."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from goals.trees.queries import Skill, Tree


class Mastery(Protocol):
    """`mastery` is 0 to 1, or None without cards. `answered` of the `cards` were reviewed at least once."""

    @property
    def mastery(self) -> float | None: ...
    @property
    def cards(self) -> int: ...
    @property
    def answered(self) -> int: ...
    @property
    def fading(self) -> bool: ...


@dataclass(frozen=True)
class TreeFigure:
    """A tree with the mastery of its skills and the pages of each. A skill that is not in `masteries` has no cards."""

    title: str
    tree: Tree
    masteries: Mapping[UUID, Mastery]
    url_of: Callable[[Skill], str]

    def is_fading(self, skill: Skill) -> bool:
        mastery = self.masteries.get(skill.id)
        return mastery is not None and mastery.fading

    def percent(self, skill: Skill) -> int | None:
        mastery = self.masteries.get(skill.id)
        return None if mastery is None or mastery.mastery is None else round(100 * mastery.mastery)
