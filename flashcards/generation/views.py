"""The pages of generations: asking for cards, and deciding on the drafts."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from base.errors import MemoryLoopError
from base.http import Request, page, toast
from flashcards import queries
from flashcards.forms import DecisionForm, GenerationForm
from flashcards.generation import services as generations
from flashcards.models import Generation


@login_required
@require_http_methods(["GET", "POST"])
def generation_create(request: Request) -> HttpResponse:
    form = GenerationForm(request.POST or None)
    if form.is_valid():
        try:
            generation = _start(request, form)
        except MemoryLoopError as error:
            form.add_error(None, error.detail)
        else:
            return redirect("flashcards:generation-detail", generation.pk)
    return page(request, "flashcards/generation_create.html", {"form": form}, status=422 if form.is_bound else 200)


def _start(request: Request, form: GenerationForm) -> Generation:
    chosen = form.cleaned_data
    key = chosen["message_id"]
    message = get_object_or_404(request.user.messages.alive(), pk=key) if key else None
    return generations.start_generation(
        owner=request.user, message=message, text=chosen["text"], max_cards=chosen["max_cards"] or 10
    )


@login_required
@require_GET
def generation_detail(request: Request, generation_id: UUID) -> HttpResponse:
    generation = get_object_or_404(
        request.user.generations.select_related("message").defer("message__content"), pk=generation_id
    )
    context = {"generation": generation, "outcome": queries.outcome_of(generation)}
    return page(request, "flashcards/generation_detail.html", context, part="outcome")


@login_required
@require_POST
def generation_decide(request: Request, generation_id: UUID) -> HttpResponse:
    generation = get_object_or_404(request.user.generations, pk=generation_id)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        raise Http404
    accept, discard = form.cleaned_data["accept"], form.cleaned_data["discard"]
    if form.cleaned_data["rest"]:
        left = [card.pk for card in queries.drafts_of(generation)]
        accept, discard = (left, discard) if form.cleaned_data["rest"] == "accept" else (accept, left)
    cards = generations.accept_drafts(generation=generation, accept=accept, discard=discard)
    if cards:
        sentence = ngettext("%d card is in your deck.", "%d cards are in your deck.", len(cards))
        toast(request, sentence % len(cards))
    elif accept:
        toast(request, _("This card is in your deck already."))
    return redirect("flashcards:generation-detail", generation.pk)
