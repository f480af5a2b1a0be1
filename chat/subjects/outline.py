"""What a prompt says of the goal that its conversation is about: the skills in outline, within 800 tokens. Pure."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date

from chat.replies.prompts import tokens_in

MAX_TOKENS = 800
MAX_DESCRIPTION = 300  # characters of the description of the goal, and of the skill
MAX_LINE = 80  # characters of a title in the outline


@dataclass(frozen=True)
class OutlineSkill:
    """A skill in reading order. `path` has the titles above it; `mastery` from 0 to 1 is None without cards."""

    path: tuple[str, ...]
    title: str
    mastery: float | None = None
    fading: bool = False
    chosen: bool = False
    description: str = ""

    @property
    def place(self) -> tuple[str, ...]:
        return (*self.path, self.title)


def outline(*, title: str, description: str, target_date: date | None, skills: Sequence[OutlineSkill]) -> str:
    """The text. Of a tree that is too large, what is far from the chosen skill and does not fade is left out."""
    until = f", until {target_date:%Y-%m-%d}" if target_date else ""
    head = [f"Goal: {_cut(title, MAX_LINE)}{until}", *_described(description)]
    chosen = next((skill for skill in skills if skill.chosen), None)
    if chosen:
        place = " > ".join(_cut(part, MAX_LINE) for part in chosen.place)
        head += [f"This conversation is about the skill: {place}", *_described(chosen.description)]
    for keeps in _views(chosen):
        kept = [skill for skill in skills if keeps(skill)]
        text = _text(head, kept, len(skills))
        if tokens_in(text) <= MAX_TOKENS:
            return text
    while kept and tokens_in(text) > MAX_TOKENS:
        kept = kept[:-1]
        text = _text(head, kept, len(skills))
    return text


Keeps = Callable[[OutlineSkill], bool]


def _views(chosen: OutlineSkill | None) -> list[Keeps]:
    """Which skills to show, from all of them to fewer."""
    near = _near(chosen)
    return [
        lambda skill: True,
        lambda skill: len(skill.path) < 2 or skill.fading or near(skill),
        lambda skill: not skill.path or skill.fading or near(skill),
        lambda skill: not skill.path or near(skill),
    ]


def _near(chosen: OutlineSkill | None) -> Keeps:
    """Whether a skill is above or below the chosen one, or beside it."""
    if chosen is None:
        return lambda skill: False
    above: Collection[tuple[str, ...]] = {chosen.place[:length] for length in range(1, len(chosen.place) + 1)}
    return lambda skill: (
        skill.place in above or skill.path == chosen.path or skill.place[: len(chosen.place)] == chosen.place
    )


def _text(head: Sequence[str], skills: Sequence[OutlineSkill], count: int) -> str:
    if not count:
        return "\n".join([*head, "It has no skills yet."])
    left_out = [f"({count - len(skills)} more skills are left out.)"] if len(skills) < count else []
    return "\n".join(
        [*head, "Skills, with how much of each the user would recall now:", *map(_line, skills), *left_out]
    )


def _line(skill: OutlineSkill) -> str:
    recall = "no cards yet" if skill.mastery is None else f"{skill.mastery:.0%}"
    notes = f"{', fading' if skill.fading else ''}{', chosen' if skill.chosen else ''}"
    return f"{'  ' * len(skill.path)}- {_cut(skill.title, MAX_LINE)}: {recall}{notes}"


def _described(description: str) -> list[str]:
    return [f"Description: {_cut(description, MAX_DESCRIPTION)}"] if description.strip() else []


def _cut(text: str, length: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= length else f"{text[:length]} …"
