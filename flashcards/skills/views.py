"""The page of a skill."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from base.http import Request, page
from flashcards.skills import queries
from goals.models import SkillNode
from quiz.mastery.queries import NOTHING, mastery_of_goal

CARDS_PER_PAGE = 20


@login_required
@require_GET
def skill_detail(request: Request, skill_id: UUID) -> HttpResponse:
    skill = queries.skill_of(request.user, skill_id)
    shown = queries.skill_page(skill)
    mastery = mastery_of_goal(goal=shown.goal, at=timezone.now()).skills
    own = mastery.get(skill.pk, NOTHING)
    context = {
        "page": shown,
        "cards": Paginator(queries.cards_of_skill(skill), CARDS_PER_PAGE).get_page(request.GET.get("page")),
        "tally": own,
        "mastery": own.percent,
        "coverage": None if own.coverage is None else round(100 * own.coverage),
        "parts": [(part, mastery.get(part.pk, NOTHING)) for part in shown.parts],
        **_urls_above(skill),
    }
    return page(request, "flashcards/skill_detail.html", context)


def _urls_above(skill: SkillNode) -> dict[str, str]:
    """The URLs of what apps above do with a skill."""
    return {
        "study_url": f"{reverse('quiz:study')}?{urlencode({'skill': str(skill.pk)})}",
        "test_url": reverse("quiz:skill-test", args=[skill.pk]),
    }
