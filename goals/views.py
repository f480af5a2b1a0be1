"""The pages of goals."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from base.errors import NotFound
from base.http import Request, page, toast
from base.models import database_time
from chat.subjects.queries import conversations_about
from flashcards.batches.queries import open_batch
from goals import services
from goals.drawing.figure import TreeFigure
from goals.duplicates.errors import SimilarGoalExists
from goals.forms import GoalForm, GoalListForm, GoalMoveForm, GoalSettingsForm
from goals.models import Goal, TreeStatus
from goals.queries import with_waiting
from goals.trees.queries import accepted_trees, tree_of
from quiz.mastery.queries import GoalMastery, mastery_of_goal, mastery_of_goals, outlook_of_goal
from quiz.study.queries import MAX_STEPS, steps_in

CONVERSATIONS_SHOWN = 5


@dataclass(frozen=True)
class GoalRow:
    """A goal in the list, with the one above it, and the skill to learn next. Without skills it has no mastery."""

    goal: Goal
    above: Goal | None
    mastery: GoalMastery | None
    next_title: str
    next_url: str


@login_required
@require_GET
def goal_list(request: Request) -> HttpResponse:
    form = GoalListForm(request.GET)
    goals = list(request.user.goals.alive().in_order().filter(status__in=form.statuses))
    has_goals = bool(goals) or request.user.goals.alive().exists()
    rows = _rows(request.user, goals) if goals else []
    context = {"form": form, "rows": rows, "has_goals": has_goals, "study_url": reverse("quiz:study")}
    return page(request, "goals/goal_list.html", context)


def _rows(owner: User, goals: Sequence[Goal]) -> list[GoalRow]:
    """The rows of the list, with as many statements for one goal as for many."""
    masteries, trees = mastery_of_goals(owner=owner, at=timezone.now()), accepted_trees(owner)
    skill_url = _skill_urls()

    def row(place: int, goal: Goal) -> GoalRow:
        tree, mastery = trees.get(goal.pk), masteries.get(goal.pk)
        steps = steps_in(tree, mastery, limit=1) if tree and mastery else []
        title, url = (steps[0].skill.title, skill_url(steps[0].skill.id)) if steps else ("", "")
        return GoalRow(goal, goals[place - 1] if place else None, mastery, title, url)

    return [row(place, goal) for place, goal in enumerate(goals)]


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
    goal = with_waiting(request.user.goals.alive()).get_or_not_found(goal_id)
    tree, mastery = tree_of(goal), mastery_of_goal(goal=goal, at=timezone.now())
    is_accepted, skill_url = tree is not None and tree.status == TreeStatus.ACCEPTED, _skill_urls()
    context = {
        "goal": goal,
        "mastery": mastery,
        "figure": TreeFigure(goal.title, tree, mastery.skills, skill_url) if tree and is_accepted else None,
        "fading": [(skill, skill_url(skill.id)) for pk in mastery.fading if tree and (skill := tree.find(pk))],
        "steps": steps_in(tree, mastery, limit=MAX_STEPS) if tree and is_accepted else [],
        "outlook": outlook_of_goal(goal=goal, known=mastery),
        "open_batch": open_batch(goal),
        "conversations": conversations_about(goal=goal)[:CONVERSATIONS_SHOWN],
        **_urls_above(goal),
    }
    return page(request, "goals/goal_detail.html", context)


def _skill_urls() -> Callable[[UUID], str]:
    """Gives the page of each skill. `reverse` is called once, because it takes 30 µs and a tree has many skills."""
    example = UUID(int=0)
    url = reverse("flashcards:skill-detail", args=[example])
    return lambda skill_id: url.replace(str(example), str(skill_id))


def _urls_above(goal: Goal) -> dict[str, str]:
    """Where the page of a goal leads to, in apps above this one and for the button of the empty page."""
    about = urlencode({"goal": str(goal.pk)})
    return {
        "study_url": f"{reverse('quiz:study')}?{about}",
        "chat_url": f"{reverse('chat:conversation-list')}?{about}",
        "cards_url": reverse("flashcards:batch-create", args=[goal.pk]),
        "grow_url": reverse("goals:tree-grow", args=[goal.pk]),
        "progress_url": f"{reverse('quiz:progress')}?{about}",
    }


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
def goal_move(request: Request, goal_id: UUID) -> HttpResponse:
    """Put the goal before another one of the list."""
    goal, form = request.user.goals.alive().get_or_not_found(goal_id), GoalMoveForm(request.POST)
    if not form.is_valid():
        raise NotFound
    before = form.cleaned_data["before"]
    services.move_goal(goal=goal, before=request.user.goals.alive().get_or_not_found(before) if before else None)
    return redirect("goals:goal-list")


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
