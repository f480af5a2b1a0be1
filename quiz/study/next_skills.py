"""What to learn next: the skills of a goal that are ready, the weakest first.

A skill is ready when all that it builds on is learned, and so is what the skills above it build on.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

# From this mastery on, a skill counts as learned for those that build on it. It is the least desired retention that
# settings allow, so a skill whose cards are all answered and reviewed when they are due is always learned.
LEARNED = 0.7


class Reason(StrEnum):
    """Why a skill is worth learning now."""

    NO_CARDS = "no-cards"
    NEW = "new"
    WEAK = "weak"  # begun, with too few of its cards
    FADING = "fading"  # what is learned of it is forgotten now, or soon


@dataclass(frozen=True)
class SkillState:
    """A skill, with the mastery of what is in and below it: 0 to 1, or None without cards.

    `is_lesson`: it has cards of its own, or no skills below it. Others are learned by learning these.
    """

    id: UUID
    title: str
    parent_id: UUID | None
    path: tuple[str, ...]
    requires: Sequence[UUID]
    is_lesson: bool
    cards: int
    mastery: float | None
    coverage: float | None
    is_fading: bool

    @property
    def is_learned(self) -> bool:
        return self.mastery is not None and self.mastery >= LEARNED

    @property
    def percent(self) -> int:
        return round(100 * (self.mastery or 0))


@dataclass(frozen=True)
class NextSkill:
    """`builds_on` are the prerequisites that are learned, `waits_for` the others. Without these, the skill is ready."""

    skill: SkillState
    reason: Reason
    builds_on: tuple[SkillState, ...]
    waits_for: tuple[SkillState, ...]


def next_skills(skills: Sequence[SkillState], *, target: float) -> tuple[list[NextSkill], list[NextSkill]]:
    """The skills that are ready, the weakest first, and those that wait for others, of a tree in reading order.

    `target` is the desired retention: what reaches it and is not fading needs nothing now. Among equals, the first in
    the tree comes first, and skills without cards come after all others, because they cannot be studied yet.
    """
    by_id = {skill.id: skill for skill in skills}
    lessons = [skill for skill in skills if skill.is_lesson and _needs_learning(skill, target)]
    found = [_next_skill(skill, by_id) for skill in lessons]
    ready = [skill for skill in found if not skill.waits_for]
    ready.sort(key=lambda found: (found.skill.mastery is None, found.skill.mastery or 0.0))
    return ready, [skill for skill in found if skill.waits_for]


def _needs_learning(skill: SkillState, target: float) -> bool:
    return skill.mastery is None or skill.mastery < target or skill.is_fading


def _next_skill(skill: SkillState, skills: Mapping[UUID, SkillState]) -> NextSkill:
    prerequisites = list(dict.fromkeys(_prerequisites(skill, skills)))
    return NextSkill(
        skill,
        _reason(skill),
        tuple(skills[pk] for pk in prerequisites if skills[pk].is_learned),
        tuple(skills[pk] for pk in prerequisites if not skills[pk].is_learned),
    )


def _prerequisites(skill: SkillState, skills: Mapping[UUID, SkillState]) -> Iterator[UUID]:
    """The skills that this one and those above it build on."""
    above: SkillState | None = skill
    while above is not None:
        yield from (pk for pk in above.requires if pk in skills)
        above = skills.get(above.parent_id) if above.parent_id else None


def _reason(skill: SkillState) -> Reason:
    if skill.mastery is None:
        return Reason.NO_CARDS
    if not skill.mastery:
        return Reason.NEW
    return Reason.FADING if skill.is_fading else Reason.WEAK
