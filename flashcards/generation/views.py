"""The pages of generations: asking a model for cards, and deciding on its drafts."""

from typing import Any
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
from flashcards import queries
from flashcards.forms import DecisionForm, GenerationForm, SkillForm
from flashcards.generation import services as generations
from flashcards.skills.queries import skill_options


@login_required
@require_http_methods(["GET", "POST"])
def generation_create(request: Request) -> HttpResponse:
    form = GenerationForm(request.POST or None)
    if form.is_valid():
        source = _source(request, form.cleaned_data)
        max_cards = form.cleaned_data["max_cards"] or 10
        try:
            generation = generations.start_generation(owner=request.user, max_cards=max_cards, **source)
        except MemoryLoopError as error:
            form.add_error(None, error.detail)
        else:
            return redirect("flashcards:generation-detail", generation.pk)
    return page(request, "flashcards/generation_create.html", {"form": form}, status=422 if form.is_bound else 200)


def _source(request: Request, values: dict[str, Any]) -> dict[str, Any]:
    """What the cards are made from. Raises NotFound."""
    if skill_id := values["skill_id"]:
        return {"skill": request.user.skill_nodes.accepted().get_or_not_found(skill_id)}
    if message_id := values["message_id"]:
        messages = request.user.messages.alive().select_related("conversation")
        return {"message": messages.get_or_not_found(message_id)}
    return {"text": values["text"]}


@login_required
@require_GET
def generation_detail(request: Request, generation_id: UUID) -> HttpResponse:
    with_source = request.user.generations.select_related("message__conversation", "skill__tree__goal").defer(
        "message__content"
    )
    generation = with_source.get_or_not_found(generation_id)
    skills = skill_options(request.user, first=generation.skill_id)
    context = {
        "generation": generation,
        "result": queries.generation_result(generation),
        "review_url": reverse("quiz:review"),
        "skill_form": SkillForm(skills=skills, initial={"skill": generation.skill_id}) if skills else None,
    }
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


@login_required
@require_POST
def generation_skill(request: Request, generation_id: UUID) -> HttpResponse:
    """Make the drafts cards of another skill, or of none."""
    generation = request.user.generations.get_or_not_found(generation_id)
    form = SkillForm(request.POST, skills=skill_options(request.user))
    if not form.is_valid():
        raise NotFound
    skill_id = form.cleaned_data.get("skill")
    skill = request.user.skill_nodes.accepted().get_or_not_found(skill_id) if skill_id else None
    generations.set_skill(generation=generation, skill=skill)
    toast(request, _("These drafts are for “%s” now.") % skill if skill else _("These drafts are for no skill now."))
    return redirect("flashcards:generation-detail", generation.pk)
