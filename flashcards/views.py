"""The pages of the deck."""

from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from base.errors import MemoryLoopError, NotFound
from base.http import Request, page, toast
from base.models import database_time
from flashcards import queries, services
from flashcards.errors import SameCard
from flashcards.forms import CardActionForm, CardFilterForm, CardForm, RestoreForm, SidesForm
from flashcards.models import Card, CardStatus
from flashcards.skills.queries import skill_options

CARDS_PER_PAGE = 50


@login_required
@require_GET
def card_list(request: Request) -> HttpResponse:
    goals = list(request.user.goals.alive().in_order().values_list("pk", "title"))
    form = CardFilterForm(request.GET, tags=queries.tags_of(owner=request.user), goals=goals)
    matches = queries.filter_cards(
        owner=request.user,
        words=form.value_of("q"),
        status=form.value_of("status"),
        state=form.value_of("state"),
        tag=form.value_of("tag"),
        goal_id=UUID(form.value_of("goal")) if form.value_of("goal") else None,
    )
    cards = Paginator(queries.with_sources(matches).order_by("-id"), CARDS_PER_PAGE)
    context = {
        "form": form,
        "cards": cards.get_page(request.GET.get("page")),
        "filtered": any(form.value_of(name) for name in form.fields),
    }
    return page(request, "flashcards/card_list.html", context, part="deck")


@login_required
@require_http_methods(["GET", "POST"])
def card_create(request: Request) -> HttpResponse:
    initial = {"kind": request.GET.get("kind", "basic"), "skill": request.GET.get("skill", "")}
    form = CardForm(request.POST or None, skills=skill_options(request.user), initial=initial)
    if form.is_valid():
        try:
            services.create_card(owner=request.user, **_with_skill(request, form.cleaned_data))
        except MemoryLoopError as error:
            return _form_with_error(request, "flashcards/card_create.html", form, error)
        toast(request, _("Card added to your deck."))
        again = {name: form.cleaned_data[name] for name in ("kind", "skill") if form.cleaned_data.get(name)}
        return redirect(f"{reverse('flashcards:card-create')}?{urlencode(again)}")
    return page(request, "flashcards/card_create.html", {"form": form}, status=422 if form.is_bound else 200)


def _with_skill(request: Request, values: dict[str, Any]) -> dict[str, Any]:
    """The values of a form with the skill itself instead of its id. Raises NotFound."""
    if not values.get("skill"):
        return values
    return {**values, "skill": request.user.skill_nodes.accepted().get_or_not_found(values["skill"])}


@login_required
@require_http_methods(["GET", "POST"])
def card_edit(request: Request, card_id: UUID) -> HttpResponse:
    card = request.user.cards.alive().get_or_not_found(card_id)
    initial = {"question": card.question, "answer": card.answer, "tags": card.tags, "skill": card.skill_id}
    form = SidesForm(request.POST or None, skills=skill_options(request.user, first=card.skill_id), initial=initial)
    context = {"card": card, "back": _back_from(request, card), "delete_url": _delete_url(request, card)}
    if form.is_valid():
        try:
            services.edit_card(card=card, **_with_skill(request, form.changes))
        except MemoryLoopError as error:
            return _form_with_error(request, "flashcards/card_edit.html", form, error, **context)
        toast(request, _("Card saved."))
        return redirect(_back_from(request, card))
    return page(request, "flashcards/card_edit.html", {"form": form, **context}, status=422 if form.is_bound else 200)


def _back_from(request: Request, card: Card) -> str:
    """The page the user came from: the review, the card's skill, the drafts of the same generation, or the deck.

    The parameter `review` is the query of the review's address.
    """
    if "review" in request.GET:
        query = {"card": str(card.pk), **dict(parse_qsl(request.GET["review"]))}
        return f"{reverse('quiz:review')}?{urlencode(query)}"
    if "skill" in request.GET and card.skill:
        return card.skill.get_absolute_url()
    if card.status == CardStatus.DRAFT and card.generation:
        batch_id = card.generation.batch_id
        name, key = ("batch-detail", batch_id) if batch_id else ("generation-detail", card.generation_id)
        return reverse(f"flashcards:{name}", args=[key])
    return reverse("flashcards:card-list")


def _delete_url(request: Request, card: Card) -> str:
    """The URL that deletes the card and then returns to the page that the user came from."""
    url = reverse("flashcards:card-delete", args=[card.pk])
    origin = {name: request.GET[name] for name in ("review", "skill") if name in request.GET}
    return f"{url}?{urlencode(origin)}" if origin else url


def _form_with_error(
    request: Request, template: str, form: forms.Form, error: MemoryLoopError, **context: object
) -> HttpResponse:
    """The form again, with the error message and the existing card with the same text, if that is the error."""
    form.add_error(None, error.detail)
    existing_card = error.card if isinstance(error, SameCard) else None
    return page(request, template, {"form": form, "existing_card": existing_card, **context}, status=422)


@login_required
@require_POST
def card_delete(request: Request, card_id: UUID) -> HttpResponse:
    card = request.user.cards.alive().get_or_not_found(card_id)
    back = _back_from(request, card)
    services.delete_card(card=card, at=database_time())
    undo = "" if card.status == CardStatus.DRAFT else _restore_url([card])
    toast(request, _("Card deleted."), undo=undo)
    return redirect(back)


def _restore_url(cards: list[Card]) -> str:
    return f"{reverse('flashcards:card-restore')}?{urlencode([('card', card.pk) for card in cards])}"


@login_required
@require_POST
def card_restore(request: Request) -> HttpResponse:
    """Undo a deletion. The query string names the cards, so that the button of a toast needs no fields."""
    form = RestoreForm(request.GET)
    if not form.is_valid():
        raise NotFound
    for card in request.user.cards.filter(pk__in=form.cleaned_data["card"], deleted_at__isnull=False):
        services.restore_card(card=card)
    return redirect("flashcards:card-list")


@login_required
@require_POST
def card_change(request: Request) -> HttpResponse:
    """Apply an action to the selected cards."""
    form = CardActionForm(request.POST)
    ids = form.cleaned_data["card"] if form.is_valid() else []
    cards = list(request.user.cards.in_deck().filter(pk__in=ids))
    if cards:
        _change(request, cards, form.cleaned_data["action"], form.cleaned_data["tags"])
    return redirect("flashcards:card-list")


def _change(request: Request, cards: list[Card], action: str, tags: list[str]) -> None:
    count, undo = len(cards), ""
    if action == "delete":
        services.delete_cards(cards=cards, at=database_time())
        message, undo = ngettext("%d card deleted.", "%d cards deleted.", count), _restore_url(cards)
    elif action == "tag":
        services.tag_cards(cards=cards, add=tags)
        message = ngettext("%d card tagged.", "%d cards tagged.", count)
    elif action == "suspend":
        services.suspend_cards(cards=cards)
        message = ngettext("%d card suspended.", "%d cards suspended.", count)
    else:
        services.unsuspend_cards(cards=cards)
        message = ngettext("%d card unsuspended.", "%d cards unsuspended.", count)
    toast(request, message % count, undo=undo)
