"""The pages of generations: asking a model for cards, and deciding on its drafts."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from base.errors import MemoryLoopError, NotFound
from base.http import Request, page, toast
from chat.models import Message
from flashcards import queries
from flashcards.forms import DecisionForm, GenerationForm
from flashcards.generation import services as generations


@login_required
@require_http_methods(["GET", "POST"])
def generation_create(request: Request) -> HttpResponse:
    form = GenerationForm(request.POST or None)
    if form.is_valid():
        message = _message(request, form.cleaned_data["message_id"])
        text, max_cards = form.cleaned_data["text"], form.cleaned_data["max_cards"] or 10
        try:
            generation = generations.start_generation(
                owner=request.user, message=message, text=text, max_cards=max_cards
            )
        except MemoryLoopError as error:
            form.add_error(None, error.detail)
        else:
            return redirect("flashcards:generation-detail", generation.pk)
    return page(request, "flashcards/generation_create.html", {"form": form}, status=422 if form.is_bound else 200)


def _message(request: Request, message_id: UUID | None) -> Message | None:
    return request.user.messages.alive().get_or_not_found(message_id) if message_id else None


@login_required
@require_GET
def generation_detail(request: Request, generation_id: UUID) -> HttpResponse:
    with_source = request.user.generations.select_related("message__conversation").defer("message__content")
    generation = with_source.get_or_not_found(generation_id)
    result = queries.generation_result(generation)
    context = {"generation": generation, "result": result, "review_url": reverse("quiz:review")}
    return page(request, "flashcards/generation_detail.html", context, part="outcome")


@login_required
@require_POST
def generation_decide(request: Request, generation_id: UUID) -> HttpResponse:
    generation = request.user.generations.get_or_not_found(generation_id)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        raise NotFound
    accept, discard = form.decision([card.pk for card in queries.drafts_of(generation)])
    cards = generations.accept_drafts(generation=generation, accept=accept, discard=discard)
    if cards:
        message = ngettext("%d card added to your deck.", "%d cards added to your deck.", len(cards))
        toast(request, message % len(cards))
    elif accept:
        toast(request, _("This card is already in your deck."))
    return redirect("flashcards:generation-detail", generation.pk)
