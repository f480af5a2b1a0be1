"""Skill trees without a language model: the user's own outline or list of topics, within a general frame."""

import re
from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext as _

from base.outline.parser import OutlineItem, parse_outline
from base.stop_words import STOP_WORDS
from providers.builtin.sentences import sentences, words
from providers.types import CONTEXT_LINE, BranchProposal, SkillProposal, SubskillProposal

MIN_ITEMS: Final = 3  # of an outline; fewer lines are a remark
MAX_BRANCHES: Final = 6
MAX_SKILLS: Final = 5
MAX_TOPIC_WORDS: Final = 6
MAX_LEVEL: Final = 3

_BETWEEN_TOPICS = re.compile(r"[,;:.!?]\s+|\s(?:and|or|und|oder|y|o|et|ou|e)\s")
# Words at the beginning of a topic that say what the user wants with it, in addition to stop words.
_WISH_LIST = "want know learn need like able already would understand ich will lernen kann quiero saber"
_WISHES = frozenset(_WISH_LIST.split())


def draft_branches(material: str) -> list[BranchProposal]:
    """Branches for a goal: the title in the first line, then the description, then CONTEXT_LINE, if there are any."""
    _title, _newline, rest = material.partition("\n")
    description = rest.partition(CONTEXT_LINE)[0]
    items = parse_outline(description).items
    return _from_outline(items) if len(items) >= MIN_ITEMS else _frame(topics(description))


def topics(description: str) -> list[str]:
    """What the description lists, as short phrases in its own words."""
    found: dict[str, str] = {}
    for sentence in sentences(description):
        for part in _BETWEEN_TOPICS.split(sentence):
            phrase = _without_wish(part.strip(" .!?"))
            if 0 < len(words(phrase)) <= MAX_TOPIC_WORDS:
                found.setdefault(phrase.casefold(), phrase[0].upper() + phrase[1:])
    return list(found.values())


def _without_wish(phrase: str) -> str:
    parts = phrase.split()
    while parts and (parts[0].casefold() in STOP_WORDS or parts[0].casefold() in _WISHES):
        parts.pop(0)
    return " ".join(parts)


def _from_outline(items: Sequence[OutlineItem]) -> list[BranchProposal]:
    if all(item.level == 1 for item in items) and len(items) > MAX_BRANCHES:
        return _parts([item.title for item in items])
    branches: list[BranchProposal] = []
    for item in items:
        if item.level == 1 or not branches:
            branches.append(_branch(item.title, item.description))
        elif item.level == 2 or not branches[-1].skills:
            branches[-1].skills.append(_skill(item.title, item.description))
        elif item.level == MAX_LEVEL:
            subskill = SubskillProposal(title=item.title, description=item.description, requires=[])
            branches[-1].skills[-1].skills.append(subskill)
    return branches


def _parts(titles: Sequence[str]) -> list[BranchProposal]:
    """A long list, in branches of a few skills."""
    parts = [titles[start : start + MAX_SKILLS] for start in range(0, len(titles), MAX_SKILLS)]
    return [_branch(_("Part %(number)d") % {"number": number}, "", *part) for number, part in enumerate(parts, start=1)]


def _frame(found: Sequence[str]) -> list[BranchProposal]:
    """Branches that suit any goal, with the topics of this one."""
    listed = found[: 2 * MAX_SKILLS]
    return [
        _branch(_("Basics"), _("What everything else builds on."), _("Words and terms"), _("Main ideas")),
        *(_parts(listed) if len(listed) > MAX_SKILLS else [_branch(_("Topics"), "", *listed)] if listed else []),
        _branch(_("Practice"), _("From examples to tasks of your own."), _("First examples"), _("Typical mistakes")),
        _branch(_("Use"), _("What the goal is for."), _("Whole tasks"), _("Without help")),
    ]


def _branch(title: str, description: str, *skills: str) -> BranchProposal:
    return BranchProposal(
        title=title, description=description, requires=[], skills=[_skill(skill, "") for skill in skills]
    )


def _skill(title: str, description: str) -> SkillProposal:
    return SkillProposal(title=title, description=description, requires=[], skills=[])
