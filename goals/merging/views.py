"""The pages that make one goal of two."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from base.http import Request, page, toast
from base.models import database_time
from goals.duplicates.queries import similar_goals
from goals.forms import GoalForm
from goals.merging import services
from goals.merging.forms import MergeForm


@login_required
@require_POST
def goal_add_to(request: Request, goal_id: UUID) -> HttpResponse:
    """Merge the goal of the form, which is not created, into this one."""
    goal = request.user.goals.alive().get_or_not_found(goal_id)
    form = GoalForm(request.POST)
    if not form.is_valid():
        return page(request, "goals/goal_create.html", {"form": form}, status=422)
    values = form.cleaned_data
    services.add_to_goal(goal=goal, description=values["description"], target_date=values["target_date"])
    toast(request, _("Merged into this goal."))
    return redirect(goal)


@login_required
@require_http_methods(["GET", "POST"])
def goal_merge(request: Request, goal_id: UUID) -> HttpResponse:
    goal = request.user.goals.alive().get_or_not_found(goal_id)
    others = request.user.goals.alive().exclude(pk=goal.pk).in_order()
    similar = similar_goals(owner=request.user, title=goal.title, without=[goal.pk]).items
    form = MergeForm(request.POST or None, goals=others, chosen=similar[0].goal.pk if similar else None)
    if form.is_valid():
        target = others.get_or_not_found(UUID(form.cleaned_data["into"]))
        services.merge_goals(source=goal, target=target, at=database_time())
        toast(request, _("“%(title)s” was merged into this goal.") % {"title": goal.title})
        return redirect(target)
    context = {"form": form, "goal": goal, "others": others}
    return page(request, "goals/goal_merge.html", context, status=422 if form.is_bound else 200)
