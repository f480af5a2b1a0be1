"""A model's answer as the draft of a skill tree: what can be repaired is, and for the rest the model is told why."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from base.outline.parser import parse_outline
from goals.errors import NoTreeInAnswer, TreeRefused
from goals.growing.drafts import Corrections, Limits, SkillDraft, TreeDraft, tidy
from goals.growing.json_repair import find_json, without_thinking
from goals.growing.json_skills import skills_in
from goals.growing.outlines import skills_of

MIN_SKILLS: Final = 3  # of a whole tree
MIN_SKILLS_OF_BRANCH: Final = 1
MAX_LOST_SHARE: Final = 0.2  # of the skills; if more are left out, the model is asked for a smaller tree
MAX_REFUSAL_LENGTH: Final = 2_000  # characters

_REFUSAL = re.compile(
    r"\b(?:I(?:'m| am) (?:sorry|unable|not able)|I (?:can(?:'|’)?t|cannot|can not|won(?:'|’)t|will not|must decline)"
    r"|as an AI|unable to (?:help|assist)|against my)\b",
    re.IGNORECASE,
)
# What small models write instead of a title: names from the schema.
_PLACEHOLDER = re.compile(
    r"(?:(?:sub)?(?:skill|branch|topic|title|name|string|example|text)s?|untitled|n/?a|todo)[\s#_-]{0,3}\d{0,3}",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Reading:
    """What an answer gives. `draft` is None if it is no tree; then `error` is raised unless a second answer is better.

    `problems` are the validator's words to the model, in English. An answer without any needs no second one.
    """

    draft: TreeDraft | None
    problems: tuple[str, ...]
    error: type[NoTreeInAnswer | TreeRefused] = NoTreeInAnswer


def read_answer(text: str, limits: Limits, *, cut_off: bool = False, of_branch: bool = False) -> Reading:
    """Read the answer, which may be anything. `cut_off`: the provider says that it ended too early."""
    text = without_thinking(text)
    if not text:
        return Reading(None, ("The answer was empty. Answer with the JSON object only.",))
    corrections = Corrections()
    found = find_json(text)
    if found is None:
        return _without_json(text, limits, corrections, of_branch=of_branch)
    cut_off = cut_off or found.cut_off
    if cut_off:
        corrections.note("cut-off", count=1)
    draft = tidy(skills_in(found.value, corrections), limits, corrections)
    return _judged(draft, limits, corrections, cut_off=cut_off, of_branch=of_branch)


def _without_json(text: str, limits: Limits, corrections: Corrections, *, of_branch: bool) -> Reading:
    """An answer in Markdown may have the tree as headings and lists."""
    if len(text) <= MAX_REFUSAL_LENGTH and _REFUSAL.search(text):
        return Reading(None, ("Propose skills that are safe to learn, as the JSON object.",), TreeRefused)
    outline = parse_outline("" if text.startswith("<") else text)
    if len({item.level for item in outline.items}) < 2:
        return Reading(None, ("The answer was not JSON. Answer with the JSON object only, without any other text.",))
    draft = tidy(skills_of(outline), limits, corrections)
    return _judged(draft, limits, corrections, cut_off=False, of_branch=of_branch)


def _judged(draft: TreeDraft, limits: Limits, corrections: Corrections, *, cut_off: bool, of_branch: bool) -> Reading:
    skills = list(draft)
    least = MIN_SKILLS_OF_BRANCH if of_branch else MIN_SKILLS
    if len(skills) < least:
        return Reading(None, (f"The tree had only {len(skills)} skills with a title. {_shape(limits)}",))
    if 2 * sum(_is_placeholder(skill) for skill in skills) > len(skills):
        return Reading(None, ("The titles were placeholders. Give each skill a title that names what is learned.",))
    lost = corrections.count("too-wide", "too-many", "too-deep")
    too_much_lost = lost > MAX_LOST_SHARE * (len(skills) + lost)
    problems = {
        "The answer was cut off. Answer with a smaller tree.": cut_off,
        f"The tree was too large: {lost} skills were left out. {_shape(limits)}": too_much_lost,
    }
    return Reading(draft, tuple(words for words, is_true in problems.items() if is_true))


def _is_placeholder(skill: SkillDraft) -> bool:
    return bool(_PLACEHOLDER.fullmatch(skill.title))


def _shape(limits: Limits) -> str:
    widths: Sequence[str] = [str(width) for width in limits.widths]
    return f"There are {limits.depth} levels at most, with at most {', '.join(widths)} skills below one parent."
