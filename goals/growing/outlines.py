"""A pasted outline or syllabus as the draft of a skill tree, without any model."""

from typing import Final

from base.outline.parser import Outline, parse_outline
from goals.errors import NoOutline, OutlineTooLong
from goals.growing.drafts import Corrections, Limits, SkillDraft, TreeDraft, tidy

MAX_OUTLINE_LENGTH: Final = 500_000  # characters; 10,000 lines of a table of contents


def draft_from_outline(text: str, limits: Limits) -> TreeDraft:
    """The draft, with what was left out. Raises NoOutline and OutlineTooLong."""
    if len(text) > MAX_OUTLINE_LENGTH:
        raise OutlineTooLong
    outline = parse_outline(text)
    corrections = Corrections()
    corrections.note("skipped", count=outline.skipped)
    draft = tidy(skills_of(outline), limits, corrections)
    if not draft.branches:
        raise NoOutline
    return draft


def skills_of(outline: Outline) -> list[SkillDraft]:
    """The outline's items, each with those below it."""
    roots: list[SkillDraft] = []
    above: list[SkillDraft] = []
    for item in outline.items:
        skill = SkillDraft(item.title, item.description)
        del above[item.level - 1 :]
        (above[-1].children if above else roots).append(skill)
        above.append(skill)
    return roots
