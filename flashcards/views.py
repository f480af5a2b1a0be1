"""The pages of the deck."""

from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from base.errors import MemoryLoopError
from base.http import Request, page, toast
from flashcards import queries, services
from flashcards.errors import SameCard
from flashcards.forms import CardForm, ChosenCardsForm, DeckForm, IdsField, SidesForm
from flashcards.models import Card, CardStatus

CARDS_PER_PAGE = 50


@login_required
@require_GET
def card_list(request: Request) -> HttpResponse:
    form = DeckForm(request.GET)
    found = queries.browse(
        owner=request.user,
        words=form.chosen("q"),
        status=form.chosen("status"),
        state=form.chosen("state"),
        tag=form.chosen("tag"),
    )
    cards = Paginator(queries.with_sources(found).order_by("-id"), CARDS_PER_PAGE)
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "form": form,
        "cards": cards.get_page(request.GET.get("page")),
        "tags": queries.tags_of(owner=request.user),
        "query": query.urlencode(),
    }
    return page(request, "flashcards/card_list.html", context, part="deck")


@login_required
@require_http_methods(["GET", "POST"])
def card_create(request: Request) -> HttpResponse:
    form = CardForm(request.POST or None, initial={"kind": request.GET.get("kind", "basic")})
    if form.is_valid():
        try:
            services.create_card(owner=request.user, **form.cleaned_data)
        except MemoryLoopError as error:
            return _refused(request, "flashcards/card_create.html", form, error)
        toast(request, _("The card is in your deck."))
        return redirect(f"{reverse('flashcards:card-create')}?{urlencode({'kind': form.cleaned_data['kind']})}")
    return page(request, "flashcards/card_create.html", {"form": form}, status=422 if form.is_bound else 200)


@login_required
@require_http_methods(["GET", "POST"])
def card_edit(request: Request, card_id: UUID) -> HttpResponse:
    card = get_object_or_404(request.user.cards.alive(), pk=card_id)
    given = {"question": card.question, "answer": card.answer, "tags": card.tags}
    form = SidesForm(request.POST or None, initial=given)
    context = {"card": card, "back": _back_from(request, card), "in_review": "review" in request.GET}
    if form.is_valid():
        try:
            services.edit_card(card=card, **form.cleaned_data)
        except MemoryLoopError as error:
            return _refused(request, "flashcards/card_edit.html", form, error, **context)
        toast(request, _("The card is saved."))
        return redirect(_back_from(request, card))
    return page(request, "flashcards/card_edit.html", {"form": form, **context}, status=422 if form.is_bound else 200)


def _back_from(request: Request, card: Card) -> str:
    """Where the person came from: the review, the drafts of the same generation, or the deck."""
    if "review" in request.GET:
        return f"{reverse('quiz:review')}?{urlencode({'card': card.pk})}"
    if card.status == CardStatus.DRAFT and card.generation_id:
        return reverse("flashcards:generation-detail", args=[card.generation_id])
    return reverse("flashcards:card-list")


def _refused(
    request: Request, template: str, form: forms.Form, error: MemoryLoopError, **context: object
) -> HttpResponse:
    """The form again, with the verb's sentence, and the card that was there first."""
    form.add_error(None, error.detail)
    same = error.card if isinstance(error, SameCard) else None
    return page(request, template, {"form": form, "same": same, **context}, status=422)


@login_required
@require_POST
def card_delete(request: Request, card_id: UUID) -> HttpResponse:
    card = get_object_or_404(request.user.cards.alive(), pk=card_id)
    back = _back_from(request, card)
    services.delete_card(card=card, at=timezone.now())
    undo = "" if card.status == CardStatus.DRAFT else _restoring([card])
    toast(request, _("The card is deleted."), undo=undo)
    return redirect(back)


def _restoring(cards: list[Card]) -> str:
    return f"{reverse('flashcards:card-restore')}?{urlencode([('card', card.pk) for card in cards])}"


@login_required
@require_POST
def card_restore(request: Request) -> HttpResponse:
    """Undo of a deletion; the address carries the cards, so that a toast's button needs no fields."""
    ids = IdsField(required=False).clean(request.GET.getlist("card"))
    for card in request.user.cards.filter(pk__in=ids, deleted_at__isnull=False):
        services.restore_card(card=card)
    return redirect("flashcards:card-list")


@login_required
@require_POST
def card_change(request: Request) -> HttpResponse:
    """One action on all cards that are ticked."""
    form = ChosenCardsForm(request.POST)
    ids = form.cleaned_data["card"] if form.is_valid() else []
    cards = list(request.user.cards.in_deck().filter(pk__in=ids))
    if cards:
        _change(request, cards, form.cleaned_data["action"], form.cleaned_data["tags"])
    return redirect("flashcards:card-list")


def _change(request: Request, cards: list[Card], action: str, tags: list[str]) -> None:
    number, undo = len(cards), ""
    if action == "delete":
        services.delete_cards(cards=cards, at=timezone.now())
        sentence, undo = ngettext("%d card is deleted.", "%d cards are deleted.", number), _restoring(cards)
    elif action == "tag":
        services.tag_cards(cards=cards, add=tags)
        sentence = ngettext("%d card is tagged.", "%d cards are tagged.", number)
    elif action == "suspend":
        services.suspend_cards(cards=cards)
        sentence = ngettext("%d card is suspended.", "%d cards are suspended.", number)
    else:
        services.unsuspend_cards(cards=cards)
        sentence = ngettext("%d card is asked again.", "%d cards are asked again.", number)
    toast(request, sentence % number, undo=undo)
