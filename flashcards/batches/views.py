"""The pages of batches: making cards for the skills of a goal, and deciding on their drafts."""

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
from flashcards.batches import queries, services
from flashcards.forms import BatchForm, DecisionForm
from flashcards.generation.models import GenerationBatch
from flashcards.generation.services import accept_drafts
from flashcards.queries import drafts_of
from goals.models import Goal


@login_required
@require_http_methods(["GET", "POST"])
def batch_create(request: Request, goal_id: UUID) -> HttpResponse:
    goal = request.user.goals.alive().get_or_not_found(goal_id)
    form = BatchForm(request.POST or None)
    if form.is_valid():
        skills = queries.chosen_skills(goal, form.cleaned_data["skill"])
        try:
            batch = services.start_batch(owner=request.user, goal=goal, skills=skills, **form.batch_values)
        except MemoryLoopError as error:
            form.add_error(None, error.detail)
        else:
            return redirect("flashcards:batch-detail", batch.pk)
    context = {"goal": goal, "form": form, "choices": _choices(goal, form), "open_batch": queries.open_batch(goal)}
    context["models_url"] = f"{reverse('chat:model-list')}?chosen="
    return page(request, "flashcards/batch_create.html", context, status=422 if form.is_bound else 200)


def _choices(goal: Goal, form: BatchForm) -> list[tuple[queries.SkillChoice, bool]]:
    """The skills, each with whether its box is checked."""
    chosen = set(form["skill"].value() or ()) if form.is_bound else None
    return [
        (choice, choice.is_suggested if chosen is None else str(choice.skill.id) in chosen)
        for choice in queries.skill_choices(goal)
    ]


@login_required
@require_GET
def batch_detail(request: Request, batch_id: UUID) -> HttpResponse:
    result = queries.batch_result(_batch(request, batch_id))
    context = {"result": result, "review_url": reverse("quiz:review")}
    return page(request, "flashcards/batch_detail.html", context, part="outcome")


def _batch(request: Request, batch_id: UUID) -> GenerationBatch:
    return request.user.generation_batches.select_related("goal").get_or_not_found(batch_id)


@login_required
@require_POST
def batch_decide(request: Request, batch_id: UUID) -> HttpResponse:
    """Decide on drafts of one generation, or of all generations of the batch."""
    batch, form = _batch(request, batch_id), DecisionForm(request.POST)
    if not form.is_valid():
        raise NotFound
    generations = batch.generations.order_by("pk")
    if form.cleaned_data["generation"]:
        generations = generations.filter(pk=form.cleaned_data["generation"])
    added = 0
    for generation in generations:
        accept, discard = form.decision([card.pk for card in drafts_of(generation)])
        added += len(accept_drafts(generation=generation, accept=accept, discard=discard))
    if added:
        toast(request, ngettext("%d card added to your deck.", "%d cards added to your deck.", added) % added)
    elif form.cleaned_data["accept"]:
        toast(request, _("This card is already in your deck."))
    return redirect("flashcards:batch-detail", batch.pk)


@login_required
@require_POST
def batch_cancel(request: Request, batch_id: UUID) -> HttpResponse:
    batch = _batch(request, batch_id)
    services.cancel_batch(batch=batch)
    toast(request, _("Stopped. The drafts that were made are here."))
    return redirect("flashcards:batch-detail", batch.pk)


@login_required
@require_POST
def batch_resume(request: Request, batch_id: UUID) -> HttpResponse:
    batch = _batch(request, batch_id)
    try:
        services.resume_batch(batch=batch)
    except MemoryLoopError as error:
        toast(request, error.detail)
    return redirect("flashcards:batch-detail", batch.pk)
