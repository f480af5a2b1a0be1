"""The pages of review: the room, and what its keys do."""

from uuid import UUID, uuid4

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from base.errors import Conflict
from base.http import Request, page, toast
from flashcards.models import Card
from flashcards.services import suspend_cards, unsuspend_cards
from quiz import queries, services
from quiz.errors import BadSetting
from quiz.forms import PlaceForm, RatingForm, ReviewSettingsForm
from quiz.progress import progress_of
from quiz.scheduling.review_context import settings_of

SETTINGS = tuple(ReviewSettingsForm.base_fields)


@login_required
@require_GET
def review(request: Request) -> HttpResponse:
    """The next card, or the one that an undo or an edit came back from."""
    place = PlaceForm(request.GET)
    wanted = place.cleaned_data if place.is_valid() else {}
    room = queries.room_of(owner=request.user, at=timezone.now(), card_id=wanted.get("card"))
    context = {"room": room, "turned": wanted.get("turned", False), "review_id": uuid4()}
    return page(request, "quiz/review.html", context, part="room")


@login_required
@require_GET
def review_count(request: Request) -> HttpResponse:
    """How many cards are left today; each page asks once it stands, so that none waits for the count."""
    left = queries.due_counts(owner=request.user, at=timezone.now()).total
    return page(request, "quiz/review_count.html", {"left": left}, part="count")


@login_required
@require_POST
def card_rate(request: Request, card_id: UUID) -> HttpResponse:
    card = _card(request, card_id)
    form = RatingForm(request.POST)
    if not form.is_valid():
        toast(request, _("That answer could not be read. Give it again."))
        return _to_card(card)
    try:
        services.rate_card(card=card, at=timezone.now(), **form.cleaned_data)
    except Conflict as conflict:  # another tab was faster: say so, and go on
        toast(request, conflict.detail)
    return redirect("quiz:review")


def _card(request: Request, card_id: UUID) -> Card:
    return get_object_or_404(request.user.cards.in_deck(), pk=card_id)


def _to_card(card: Card) -> HttpResponse:
    return redirect(f"{reverse('quiz:review')}?{urlencode({'card': str(card.pk)})}")


@login_required
@require_POST
def review_undo(request: Request) -> HttpResponse:
    try:
        card = services.undo_review(owner=request.user, at=timezone.now())
    except Conflict as conflict:
        toast(request, conflict.detail)
        return redirect("quiz:review")
    toast(request, _("The answer is taken back."))
    return _to_card(card)


@login_required
@require_POST
def card_suspend(request: Request, card_id: UUID) -> HttpResponse:
    suspend_cards(cards=[_card(request, card_id)])
    toast(request, _("The card is suspended."), undo=reverse("quiz:card-return", args=[card_id]))
    return redirect("quiz:review")


@login_required
@require_POST
def card_bury(request: Request, card_id: UUID) -> HttpResponse:
    services.bury_until_tomorrow(owner=request.user, cards=[_card(request, card_id)], at=timezone.now())
    toast(request, _("The card waits until tomorrow."), undo=reverse("quiz:card-return", args=[card_id]))
    return redirect("quiz:review")


@login_required
@require_POST
def card_return(request: Request, card_id: UUID) -> HttpResponse:
    """Undo of suspending or burying: the card is asked at once."""
    card = _card(request, card_id)
    unsuspend_cards(cards=[card])
    return _to_card(card)


@login_required
@require_GET
def progress(request: Request) -> HttpResponse:
    numbers = progress_of(owner=request.user, at=timezone.now())
    return page(request, "quiz/progress.html", {"numbers": numbers})


@login_required
@require_http_methods(["GET", "POST"])
def settings(request: Request) -> HttpResponse:
    now = settings_of(request.user)
    form = ReviewSettingsForm(request.POST or None, initial={name: getattr(now, name) for name in SETTINGS})
    if form.is_valid():
        try:
            services.change_settings(owner=request.user, **form.cleaned_data)
        except BadSetting as error:
            form.add_error(error.field, error.detail)
        else:
            toast(request, _("The settings are saved."))
            return redirect("quiz:settings")
    return page(request, "quiz/settings.html", {"form": form}, status=422 if form.is_bound else 200)
