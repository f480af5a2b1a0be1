"""A skill tree before it is saved, and how it is brought within the limits."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, TypedDict

from base.outline.titles import clean_text, clean_title
from goals.models import MAX_NODES, MAX_SKILL_DESCRIPTION_LENGTH, MAX_TITLE_LENGTH
from goals.trees.matching import same_title

MAX_EXAMPLES: Final = 3  # titles that a correction names
MAX_EXAMPLE_LENGTH: Final = 80


class Correction(TypedDict):
    """One kind of change: how often it was made, and the titles of the first skills. `queries` has the words for it."""

    code: str
    count: int
    examples: list[str]


class Corrections:
    """The changes made so far, by their codes."""

    def __init__(self) -> None:
        self._found: dict[str, Correction] = {}

    def note(self, code: str, *titles: str, count: int | None = None) -> None:
        entry = self._found.setdefault(code, {"code": code, "count": 0, "examples": []})
        entry["count"] += len(titles) if count is None else count
        room = MAX_EXAMPLES - len(entry["examples"])
        entry["examples"] += [title[:MAX_EXAMPLE_LENGTH] for title in titles[:room]]

    def count(self, *codes: str) -> int:
        return sum(self._found[code]["count"] for code in codes if code in self._found)

    def as_list(self) -> list[Correction]:
        return [entry for entry in self._found.values() if entry["count"]]


@dataclass
class SkillDraft:
    """`requires` has titles of other skills of the tree."""

    title: str
    description: str = ""
    requires: list[str] = field(default_factory=list)
    children: list["SkillDraft"] = field(default_factory=list)

    def walk(self) -> Iterator["SkillDraft"]:
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass
class TreeDraft:
    branches: list[SkillDraft]
    corrections: list[Correction] = field(default_factory=list)

    def __iter__(self) -> Iterator[SkillDraft]:
        for branch in self.branches:
            yield from branch.walk()


@dataclass(frozen=True)
class Limits:
    """The greatest number of skills below one parent, for each level. There are as many levels as entries."""

    widths: tuple[int, ...]

    @property
    def depth(self) -> int:
        return len(self.widths)

    def below(self, depth: int) -> "Limits":
        """Those of a tree that is to be put below a skill of this depth."""
        return Limits(self.widths[depth:])


MODEL_LIMITS: Final = Limits((6, 5, 4))
OUTLINE_LIMITS: Final = Limits((MAX_NODES,) * 3)


def tidy(roots: Iterable[SkillDraft], limits: Limits, corrections: Corrections) -> TreeDraft:
    """The skills with clean, unique titles, within the limits. Notes what was changed."""
    skills = _with_titles(roots, corrections)
    if len(skills) == 1 and len(skills[0].children) > 1 and not corrections.count("cut-off"):
        skills = skills[0].children  # the root was the goal itself
    _fold(skills, limits.depth, corrections)
    skills = _merged(skills, corrections)
    skills = _narrowed(skills, limits, corrections)
    skills = _first(skills, MAX_NODES, corrections)
    return TreeDraft(skills, corrections.as_list())


def _with_titles(skills: Iterable[SkillDraft], corrections: Corrections) -> list[SkillDraft]:
    """With clean titles. The children of a skill without a title take its place."""
    titled: list[SkillDraft] = []
    for skill in skills:
        title, children = clean_title(skill.title), _with_titles(skill.children, corrections)
        if not any(char.isalnum() for char in title):
            corrections.note("untitled", count=1)
            titled += children
            continue
        description = clean_text(skill.description)
        if len(title) > MAX_TITLE_LENGTH:
            corrections.note("long-title", title)
            title, description = _shortened(title), f"{title} {description}".strip()
        titled.append(SkillDraft(title, description[:MAX_SKILL_DESCRIPTION_LENGTH], skill.requires, children))
    return titled


def _shortened(title: str) -> str:
    """Up to the last whole word. The last character says that there was more."""
    cut = title[: MAX_TITLE_LENGTH - 1]
    return f"{cut.rpartition(' ')[0] or cut}…"


def _fold(skills: list[SkillDraft], levels: int, corrections: Corrections) -> None:
    """Make what is too deep a part of the description of the skill above it."""
    for skill in skills:
        if levels > 1:
            _fold(skill.children, levels - 1, corrections)
            continue
        deeper = [below.title for child in skill.children for below in child.walk()]
        if deeper:
            corrections.note("too-deep", *deeper)
            _describe_with(skill, deeper)
            skill.children = []


def _describe_with(skill: SkillDraft, titles: list[str]) -> None:
    description = "; ".join(filter(None, [skill.description, *titles]))
    skill.description = description[:MAX_SKILL_DESCRIPTION_LENGTH]


def _merged(skills: list[SkillDraft], corrections: Corrections) -> list[SkillDraft]:
    """Siblings of one title as one skill."""
    by_title: dict[str, SkillDraft] = {}
    for skill in skills:
        first = by_title.setdefault(same_title(skill.title), skill)
        if first is not skill:
            corrections.note("duplicate", skill.title)
            first.description = first.description or skill.description
            first.requires += skill.requires
            first.children += skill.children
    for skill in by_title.values():
        skill.children = _merged(skill.children, corrections)
    return list(by_title.values())


def _narrowed(skills: list[SkillDraft], limits: Limits, corrections: Corrections) -> list[SkillDraft]:
    if not limits.depth:
        return []
    kept, dropped = skills[: limits.widths[0]], skills[limits.widths[0] :]
    corrections.note("too-wide", *(below.title for skill in dropped for below in skill.walk()))
    for skill in kept:
        skill.children = _narrowed(skill.children, limits.below(1), corrections)
    return kept


def _first(skills: list[SkillDraft], limit: int, corrections: Corrections) -> list[SkillDraft]:
    """The first skills of the highest levels. Each parent's description names those that it loses."""
    kept: set[int] = set()
    waiting = deque(skills)
    while waiting and len(kept) < limit:
        skill = waiting.popleft()
        kept.add(id(skill))
        waiting.extend(skill.children)

    def prune(siblings: list[SkillDraft], parent: SkillDraft | None) -> list[SkillDraft]:
        lost = [below.title for skill in siblings if id(skill) not in kept for below in skill.walk()]
        if lost:
            corrections.note("too-many", *lost)
        if lost and parent:
            _describe_with(parent, lost)
        rest = [skill for skill in siblings if id(skill) in kept]
        for skill in rest:
            skill.children = prune(skill.children, skill)
        return rest

    return prune(skills, None)
