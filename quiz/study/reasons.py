"""Why a skill is worth learning next, as sentences."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from quiz.study.next_skills import NextSkill, Reason, SkillState


def reason_text(found: NextSkill) -> str:
    """What is missing of the skill, and what it builds on or waits for."""
    return " ".join(filter(None, [_missing(found.skill, found.reason), _prerequisites(found)]))


def _missing(skill: SkillState, reason: Reason) -> str:
    if reason == Reason.NO_CARDS:
        return _("It has no cards yet.")
    if reason == Reason.NEW:
        return ngettext("Not begun: %(cards)s new card.", "Not begun: %(cards)s new cards.", skill.cards) % {
            "cards": skill.cards
        }
    if reason == Reason.FADING:
        return _("Fading this week: you would recall %(percent)s%% of it now.") % {"percent": skill.percent}
    return _("You would recall %(percent)s%% of it now.") % {"percent": skill.percent}


def _prerequisites(found: NextSkill) -> str:
    if found.waits_for:
        return _("It waits for: %(skills)s.") % {"skills": _named(found.waits_for)}
    if found.builds_on:
        return _("Ready, because you learned: %(skills)s.") % {"skills": _named(found.builds_on)}
    return ""


def _named(skills: Sequence[SkillState]) -> str:
    return ", ".join(f"{skill.title} ({_share(skill)})" for skill in skills)


def _share(skill: SkillState) -> str:
    return _("no cards") if skill.mastery is None else f"{skill.percent}%"
