"""The pages of review, progress and review settings."""

from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from base.errors import Conflict, NotFound
from base.http import Request, page, toast
from chat.models import Message
from flashcards.models import Card
from flashcards.services import suspend_cards, unsuspend_cards
from quiz import queries, services
from quiz.errors import BadSetting
from quiz.forms import ProgressForm, RatingForm, ReviewPageForm, ReviewSettingsForm
from quiz.mastery.queries import mastery_of_goal, outlook_of_goal
from quiz.progress.queries import progress_of
from quiz.scheduling.card_quiz import CardQuiz
from quiz.scheduling.review_context import settings_of
from quiz.scheduling.scope import ALL_CARDS, StudyScope
from quiz.study.queries import what_next
from quiz.study.session import StudySession

SETTING_NAMES = tuple(ReviewSettingsForm.base_fields)


@login_required
@require_GET
def review(request: Request) -> HttpResponse:
    """The next card, or the card that the user returns to after an undo or an edit. Also the page of study."""
    requested = _requested(request)
    session = _session(requested)
    quiz = session if isinstance(session, CardQuiz) else None
    only = quiz.remaining if quiz else None
    scope, at = _scope(request, session), timezone.now()
    review = queries.review_page(owner=request.user, at=at, scope=scope, card_id=requested.get("card"), only=only)
    context = {
        "review": review,
        "show_answer": requested.get("turned", False),
        "review_id": uuid4(),
        "session": session,
        "session_query": f"?{session.query}" if session.query else "",
        "quiz": quiz,
        "scope": scope,
        "offered_below": partial(_offered_below, request, quiz),
        "what_next": partial(what_next, owner=request.user, scope=scope, at=at),
    }
    return page(request, "quiz/review.html", context, part="review")


def _requested(request: Request) -> dict[str, Any]:
    """The valid fields of the address. Raises NotFound for a goal or a skill that is no id."""
    form = ReviewPageForm(request.GET)
    if form.is_valid():
        return form.cleaned_data
    if {"goal", "skill"} & set(form.errors):
        raise NotFound
    return {}


def _session(fields: dict[str, Any]) -> CardQuiz | StudySession:
    return CardQuiz.of(fields) or StudySession.of(fields)


def _scope(request: Request, session: CardQuiz | StudySession) -> StudyScope:
    if isinstance(session, CardQuiz):
        return ALL_CARDS
    return StudyScope.of(request.user, goal_id=session.goal, skill_id=session.skill, ahead=session.ahead)


def _offered_below(request: Request, quiz: CardQuiz | None) -> Message | None:
    """The message below which the quiz was offered, if its conversation is not deleted."""
    if quiz is None or quiz.source is None:
        return None
    return request.user.messages.accessible().filter(pk=quiz.source).first()


@login_required
@require_GET
def review_count(request: Request) -> HttpResponse:
    """How many cards are left today. Pages load it after they are shown, so that no page waits for it.

    The status is 204 when none are left: htmx then leaves the badge empty, and an empty badge is hidden.
    """
    left = queries.due_counts(owner=request.user, at=timezone.now()).total
    return page(request, "quiz/review_count.html", {"left": left}) if left else HttpResponse(status=204)


@login_required
@require_POST
def card_rate(request: Request, card_id: UUID) -> HttpResponse:
    form = RatingForm(request.POST)
    if not form.is_valid():
        card = request.user.cards.in_deck().get_or_not_found(card_id)
        toast(request, _("The rating could not be read. Rate the card again."))
        return _to_card(request, card)
    try:
        services.rate_card(owner=request.user, card_id=card_id, at=timezone.now(), **form.cleaned_data)
    except Conflict as conflict:  # for example, it was rated in another tab: say so and show the next card
        toast(request, conflict.detail)
    return _to_next(request, card_id)


def _to_next(request: Request, card_id: UUID) -> HttpResponse:
    """The card after this one, in the same session."""
    session = _session(_requested(request))
    return _to_review(session, session.without(card_id).query)


def _to_card(request: Request, card: Card) -> HttpResponse:
    session = _session(_requested(request))
    return _to_review(session, urlencode({"card": str(card.pk)}), session.with_first(card.pk).query)


def _to_review(session: CardQuiz | StudySession, *queries: str) -> HttpResponse:
    query = "&".join(filter(None, queries))
    url = reverse(session.url_name)
    return redirect(f"{url}?{query}" if query else url)


@login_required
@require_POST
def review_undo(request: Request) -> HttpResponse:
    try:
        card = services.undo_review(owner=request.user, at=timezone.now())
    except Conflict as conflict:
        toast(request, conflict.detail)
        session = _session(_requested(request))
        return _to_review(session, session.query)
    toast(request, _("Answer undone."))
    return _to_card(request, card)


@login_required
@require_POST
def card_suspend(request: Request, card_id: UUID) -> HttpResponse:
    suspend_cards(cards=[request.user.cards.in_deck().get_or_not_found(card_id)])
    toast(request, _("Card suspended."), undo=_return_url(request, card_id))
    return _to_next(request, card_id)


@login_required
@require_POST
def card_bury(request: Request, card_id: UUID) -> HttpResponse:
    card = request.user.cards.in_deck().get_or_not_found(card_id)
    services.bury_until_tomorrow(owner=request.user, cards=[card], at=timezone.now())
    toast(request, _("Card buried until tomorrow."), undo=_return_url(request, card_id))
    return _to_next(request, card_id)


def _return_url(request: Request, card_id: UUID) -> str:
    query = _session(_requested(request)).query
    url = reverse("quiz:card-return", args=[card_id])
    return f"{url}?{query}" if query else url


@login_required
@require_POST
def card_return(request: Request, card_id: UUID) -> HttpResponse:
    """Undo of suspend and bury: make the card active and show it again."""
    card = request.user.cards.in_deck().get_or_not_found(card_id)
    unsuspend_cards(cards=[card])
    return _to_card(request, card)


@login_required
@require_GET
def progress(request: Request) -> HttpResponse:
    """The statistics of all cards, or of one goal."""
    form = ProgressForm(request.GET, goals=request.user.goals.alive().in_order())
    if not form.is_valid():
        raise NotFound
    goal = form.cleaned_data["goal"]
    at = timezone.now()
    numbers = progress_of(owner=request.user, at=at, goal=goal)
    outlook = outlook_of_goal(goal=goal, known=mastery_of_goal(goal=goal, at=at)) if goal else None
    return page(request, "quiz/progress.html", {"numbers": numbers, "outlook": outlook, "form": form})


@login_required
@require_http_methods(["GET", "POST"])
def settings(request: Request) -> HttpResponse:
    current = settings_of(request.user)
    form = ReviewSettingsForm(request.POST or None, initial={name: getattr(current, name) for name in SETTING_NAMES})
    if form.is_valid():
        try:
            services.change_settings(owner=request.user, **form.cleaned_data)
        except BadSetting as error:
            form.add_error(error.field, error.detail)
        else:
            toast(request, _("Settings saved."))
            return redirect("quiz:settings")
    return page(request, "quiz/settings.html", {"form": form}, status=422 if form.is_bound else 200)
