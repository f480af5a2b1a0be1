"""The pages that grow a skill tree: asking a model, pasting an outline, and deciding on what is proposed."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect

from base.errors import MemoryLoopError, NotFound
from base.http import Request, page, toast, wants_fragment
from base.models import database_time
from goals.growing import services as growing
from goals.growing.forms import AcceptForm, OutlineForm
from goals.growing.queries import proposal_of, running_run
from goals.models import Goal, SkillNode, TreeRunStatus, TreeStatus
from goals.trees import proposals
from goals.trees.accepting import accept_proposal
from providers.forms import ModelForm


@login_required
@require_GET
def tree_grow(request: Request, goal_id: UUID) -> HttpResponse:
    goal = request.user.goals.alive().get_or_not_found(goal_id)
    run = running_run(goal)
    return redirect("goals:tree-run", run.pk) if run else _grow_page(request, goal)


def _branch(request: Request, goal: Goal) -> SkillNode | None:
    """The skill of the accepted tree that the request asks to grow; None for the whole tree."""
    try:
        skill_id = UUID(request.GET["skill"]) if request.GET.get("skill") else None
    except ValueError:
        raise NotFound from None
    return SkillNode.objects.accepted().filter(tree__goal=goal).get_or_not_found(skill_id) if skill_id else None


def _query(skill_id: UUID | None) -> str:
    """The end of the URL of a page that grows this skill."""
    return f"?skill={skill_id}" if skill_id else ""


def _grow_page(
    request: Request, goal: Goal, *, outline: OutlineForm | None = None, error: str = "", status: int = 200
) -> HttpResponse:
    branch = _branch(request, goal)
    context = {
        "goal": goal,
        "branch": branch,
        "query": _query(branch.pk if branch else None),
        "waiting": goal.trees.filter(status=TreeStatus.PROPOSED).exists(),
        "form": outline or OutlineForm(),
        "models_url": f"{reverse('chat:model-list')}?chosen=",
        "error": error,
    }
    return page(request, "goals/tree_grow.html", context, status=status)


@login_required
@require_POST
def tree_run_start(request: Request, goal_id: UUID) -> HttpResponse:
    goal = request.user.goals.alive().get_or_not_found(goal_id)
    branch, form = _branch(request, goal), ModelForm(request.POST)
    if not form.is_valid():
        return _grow_page(request, goal, error=str(form.errors["choice"][0]), status=422)
    try:
        run = growing.start_tree_run(goal=goal, branch=branch, **form.chosen_model)
    except MemoryLoopError as error:
        return _grow_page(request, goal, error=error.detail, status=error.status)
    return redirect("goals:tree-run", run.pk)


@login_required
@require_POST
def outline_grow(request: Request, goal_id: UUID) -> HttpResponse:
    goal = request.user.goals.alive().get_or_not_found(goal_id)
    branch, form = _branch(request, goal), OutlineForm(request.POST)
    if form.is_valid():
        try:
            growing.grow_from_outline(goal=goal, branch=branch, text=form.cleaned_data["outline"])
        except MemoryLoopError as error:
            form.add_error("outline", error.detail)
        else:
            return redirect("goals:proposal-detail", goal.pk)
    return _grow_page(request, goal, outline=form, status=422)


@login_required
@require_GET
def tree_run(request: Request, run_id: UUID) -> HttpResponse:
    """A run while it waits for the model. The page of one that is done is that of its proposal."""
    run = request.user.tree_runs.select_related("goal", "branch").get_or_not_found(run_id)
    if run.goal.deleted_at:
        raise NotFound
    if run.status == TreeRunStatus.DONE:
        url = reverse("goals:proposal-detail", args=[run.goal_id])
        return HttpResponseClientRedirect(url) if wants_fragment(request) else redirect(url)
    context = {"run": run, "goal": run.goal, "query": _query(run.branch_id)}
    return page(request, "goals/tree_run.html", context, part="progress")


@login_required
@require_POST
def tree_run_cancel(request: Request, run_id: UUID) -> HttpResponse:
    run = request.user.tree_runs.get_or_not_found(run_id)
    growing.cancel_tree_run(run=run)
    toast(request, _("Canceled. Nothing has changed."))
    return redirect("goals:tree-grow", run.goal_id)


@login_required
@require_GET
def proposal_detail(request: Request, goal_id: UUID) -> HttpResponse:
    goal = request.user.goals.alive().get_or_not_found(goal_id)
    proposal = proposal_of(goal)
    context = {"goal": goal, "proposal": proposal, "query": _query(proposal.row.branch_id if proposal else None)}
    return page(request, "goals/proposal_detail.html", context)


@login_required
@require_POST
def proposal_accept(request: Request, goal_id: UUID) -> HttpResponse:
    goal = request.user.goals.alive().get_or_not_found(goal_id)
    form = AcceptForm(request.POST)
    if not form.is_valid():
        raise NotFound
    proposal = goal.trees.get_or_not_found(form.cleaned_data["tree"])
    revision, at = form.cleaned_data["revision"], database_time()
    try:
        accept_proposal(proposal=proposal, let_go=form.let_go(), revision=revision, at=at)
    except MemoryLoopError as error:
        toast(request, error.detail)
        return redirect("goals:proposal-detail", goal.pk)
    toast(request, _("The skills are in your tree."))
    return redirect(goal)


@login_required
@require_POST
def proposal_discard(request: Request, goal_id: UUID) -> HttpResponse:
    goal = request.user.goals.alive().get_or_not_found(goal_id)
    proposal = proposals.open_proposal(goal=goal)
    proposals.discard_proposal(proposal=proposal, at=database_time())
    toast(request, _("Proposal discarded."), undo=reverse("goals:proposal-restore", args=[proposal.pk]))
    return redirect(goal)


@login_required
@require_POST
def proposal_restore(request: Request, tree_id: UUID) -> HttpResponse:
    """Undo of discarding."""
    tree = proposals.restore_proposal(proposal=request.user.skill_trees.get_or_not_found(tree_id))
    return redirect("goals:proposal-detail", tree.goal_id)
