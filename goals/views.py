"""The pages of goals."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from base.http import Request, page, toast
from base.models import database_time
from goals import services
from goals.duplicates.errors import SimilarGoalExists
from goals.forms import GoalForm, GoalSettingsForm


@login_required
@require_GET
def goal_list(request: Request) -> HttpResponse:
    return page(request, "goals/goal_list.html", {"goals": request.user.goals.alive().in_order()})


@login_required
@require_http_methods(["GET", "POST"])
def goal_create(request: Request) -> HttpResponse:
    """While the user has a goal like this, `keep_both` creates the new one anyway."""
    form = GoalForm(request.POST or None)
    context: dict[str, object] = {"form": form}
    if form.is_valid():
        try:
            keep_both = "keep_both" in request.POST
            return redirect(services.create_goal(owner=request.user, allow_duplicate=keep_both, **form.cleaned_data))
        except SimilarGoalExists as error:
            return page(request, "goals/goal_create.html", context | {"found": error.found}, status=error.status)
    return page(request, "goals/goal_create.html", context, status=422 if form.is_bound else 200)


@login_required
@require_GET
def goal_detail(request: Request, goal_id: UUID) -> HttpResponse:
    goal = request.user.goals.alive().get_or_not_found(goal_id)
    return page(request, "goals/goal_detail.html", {"goal": goal})


@login_required
@require_http_methods(["GET", "POST"])
def goal_edit(request: Request, goal_id: UUID) -> HttpResponse:
    goal = request.user.goals.alive().get_or_not_found(goal_id)
    initial = {name: getattr(goal, name) for name in GoalSettingsForm.base_fields}
    form = GoalSettingsForm(request.POST or None, initial=initial)
    if form.is_valid():
        services.change_goal(goal=goal, **form.cleaned_data)
        toast(request, _("Goal saved."))
        return redirect(goal)
    return page(request, "goals/goal_edit.html", {"form": form, "goal": goal}, status=422 if form.is_bound else 200)


@login_required
@require_POST
def goal_delete(request: Request, goal_id: UUID) -> HttpResponse:
    goal = request.user.goals.alive().get_or_not_found(goal_id)
    services.delete_goal(goal=goal, at=database_time())
    toast(request, _("Goal deleted. Its cards stay in your deck."), undo=reverse("goals:goal-restore", args=[goal.pk]))
    return redirect("goals:goal-list")


@login_required
@require_POST
def goal_restore(request: Request, goal_id: UUID) -> HttpResponse:
    """Undo of a deletion."""
    return redirect(services.restore_goal(goal=request.user.goals.get_or_not_found(goal_id)))
