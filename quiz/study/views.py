"""The pages of a test of a skill, and marking a skill as known."""

from datetime import datetime
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from base.errors import Conflict, MemoryLoopError, NotFound
from base.http import Request, page, toast
from flashcards.generation.services import start_generation
from goals.models import SkillNode
from goals.services import UNDO_TIME
from quiz.models import SkillTest
from quiz.study import queries, services
from quiz.study.forms import AnswerForm
from quiz.study.known import KnownMark
from quiz.study.questions import QUESTIONS

MARK_SALT = "quiz.study.known"


def _skill(request: Request, skill_id: UUID) -> SkillNode:
    skills = request.user.skill_nodes.accepted().select_related("tree__goal", "owner")
    return skills.get_or_not_found(skill_id)


def _to_test(skill_id: UUID, query: str = "") -> HttpResponse:
    return redirect(reverse("quiz:skill-test", args=[skill_id]) + query)


@login_required
@require_GET
def skill_test(request: Request, skill_id: UUID) -> HttpResponse:
    """What the test is, its next question, or its result. The answer is shown with `turned`."""
    skill = _skill(request, skill_id)
    test = queries.test_page(skill=skill, at=timezone.now())
    context = {"test": test, "skill": skill, "goal": skill.tree.goal, "show_answer": "turned" in request.GET}
    return page(request, "quiz/skill_test.html", context, part="test")


@login_required
@require_POST
def skill_test_start(request: Request, skill_id: UUID) -> HttpResponse:
    try:
        services.start_test(owner=request.user, skill=_skill(request, skill_id), at=timezone.now())
    except Conflict as conflict:
        toast(request, conflict.detail)
    return _to_test(skill_id)


@login_required
@require_POST
def skill_test_questions(request: Request, skill_id: UUID) -> HttpResponse:
    """Ask a model for cards that the test can use. They stay drafts, which the user can review after the test."""
    try:
        start_generation(owner=request.user, skill=_skill(request, skill_id), max_cards=2 * QUESTIONS)
    except NotFound:
        raise
    except MemoryLoopError as error:
        toast(request, error.detail)
    return _to_test(skill_id)


def _test(request: Request, test_id: UUID) -> SkillTest:
    return request.user.skill_tests.get_or_not_found(test_id)


@login_required
@require_POST
def question_answer(request: Request, test_id: UUID) -> HttpResponse:
    test, form = _test(request, test_id), AnswerForm(request.POST)
    if form.is_valid():
        services.answer_question(test=test, at=timezone.now(), **form.cleaned_data)
    else:
        toast(request, _("The answer could not be read. Answer again."))
    return _to_test(test.skill_id)


@login_required
@require_POST
def question_undo(request: Request, test_id: UUID) -> HttpResponse:
    test = services.undo_answer(test=_test(request, test_id))
    return _to_test(test.skill_id, "?turned=1")


@login_required
@require_POST
def skill_known(request: Request, skill_id: UUID) -> HttpResponse:
    """Mark the skill as known, or with `known` empty, as not known."""
    skill = _skill(request, skill_id)
    if request.POST.get("known"):
        before = services.mark_known(skill=skill, at=timezone.now())
        message = _("Marked as known.")
    else:
        before = services.mark_of(skill)
        services.restore_mark(skill=skill, mark=None)
        message = _("No longer marked as known.")
    toast(request, message, undo=_restore_url(skill_id, before))
    return _back(request, skill)


def _restore_url(skill_id: UUID, mark: KnownMark | None) -> str:
    values = [str(skill_id), mark.at.isoformat() if mark else None, mark.stability if mark else None]
    token = signing.dumps(values, salt=MARK_SALT)
    return f"{reverse('quiz:skill-mark-restore', args=[skill_id])}?{urlencode({'mark': token})}"


def _back(request: Request, skill: SkillNode) -> HttpResponse:
    """The page that the form names: the goal, its tree, or else the test."""
    match request.POST.get("back"):
        case "goal":
            return redirect(skill.tree.goal)
        case "tree":
            return redirect(
                f"{reverse('goals:tree-edit', args=[skill.tree.goal_id])}?changed={skill.pk}#skill-{skill.pk}"
            )
    return _to_test(skill.pk)


@login_required
@require_POST
def skill_mark_restore(request: Request, skill_id: UUID) -> HttpResponse:
    """Undo of marking a skill. Its address is signed, because it has the values that the skill had before."""
    skill = _skill(request, skill_id)
    try:
        values = signing.loads(request.GET.get("mark", ""), salt=MARK_SALT, max_age=UNDO_TIME)
    except signing.BadSignature:
        raise NotFound from None
    signed_id, known_at, stability = values
    if signed_id != str(skill_id):
        raise NotFound
    mark = KnownMark(datetime.fromisoformat(known_at), stability) if known_at else None
    services.restore_mark(skill=skill, mark=mark)
    return _to_test(skill_id)
