"""The page that edits a skill tree. Each change is a form; scripts send the same ones by drag and by keys."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from base.errors import Invalid
from base.http import Request, page, toast
from base.models import database_time
from goals.models import Goal, SkillNode, SkillTree, TreeStatus
from goals.trees import services
from goals.trees.editor import neighbor, steps, targets, whereabouts
from goals.trees.errors import TreeChanged
from goals.trees.forms import PlaceForm, SeenForm, SeenSkillForm, SkillCreateForm, SkillForm, SkillMoveForm
from goals.trees.queries import NO_REVISION, Skill, Tree, read_tree, tree_of
from goals.trees.shape import Move

Form = TypeVar("Form", bound=SeenForm)
View = Callable[[Request, UUID], HttpResponse]


def shows_conflicts(view: View) -> View:
    """A change of a tree that its user did not see is answered with the present tree and with what they wrote."""

    @wraps(view)
    def wrapped(request: Request, goal_id: UUID) -> HttpResponse:
        try:
            return view(request, goal_id)
        except TreeChanged as error:
            goal = request.user.goals.alive().get_or_not_found(goal_id)
            return _conflict(request, goal, error.tree)

    return wrapped


@login_required
@require_GET
def tree_edit(request: Request, goal_id: UUID) -> HttpResponse:
    goal = request.user.goals.alive().get_or_not_found(goal_id)
    tree = _shown_tree(request, goal)
    place = _place(request)
    skill = tree.find(place["skill"]) if tree and place["skill"] else None
    return _editor(request, goal, tree, skill)


@login_required
@require_POST
@shows_conflicts
def skill_create(request: Request, goal_id: UUID) -> HttpResponse:
    goal = request.user.goals.alive().get_or_not_found(goal_id)
    tree = _shown_tree(request, goal)
    form = _seen(SkillCreateForm(tree, request.POST), tree)
    if not form.is_valid():
        return _editor(request, goal, tree, add_form=form, status=422)
    row = goal.trees.get(pk=tree.id) if tree else services.open_tree(goal=goal)
    skill = services.add_skill(tree=row, **form.cleaned_data)
    return redirect(_url(skill.tree, changed=skill.pk, below=skill.parent_id or ""))


@login_required
@require_POST
@shows_conflicts
def skill_edit(request: Request, goal_id: UUID) -> HttpResponse:
    goal = request.user.goals.alive().get_or_not_found(goal_id)
    row = _skill(request, goal, SeenSkillForm(request.POST))
    tree = read_tree(row.tree)
    skill = tree.find(row.pk)
    if skill is None:
        raise TreeChanged(tree)
    form = _seen(SkillForm(tree, skill, request.POST), tree)
    if not form.is_valid():
        return _editor(request, goal, tree, skill, skill_form=form, status=422)
    services.change_skill(skill=row, **form.cleaned_data)
    return redirect(_url(row.tree, changed=row.pk))


@login_required
@require_POST
@shows_conflicts
def skill_move(request: Request, goal_id: UUID) -> HttpResponse:
    goal = request.user.goals.alive().get_or_not_found(goal_id)
    form = SkillMoveForm(request.POST)
    skill = _skill(request, goal, form)
    services.move_skill(
        skill=skill,
        move=Move(form.cleaned_data["move"]),
        target_id=form.cleaned_data["target"],
        revision=form.cleaned_data["revision"],
    )
    return redirect(_url(skill.tree, changed=skill.pk))


@login_required
@require_POST
@shows_conflicts
def skill_delete(request: Request, goal_id: UUID) -> HttpResponse:
    goal = request.user.goals.alive().get_or_not_found(goal_id)
    form = SeenSkillForm(request.POST)
    row = _skill(request, goal, form)
    tree = read_tree(row.tree)
    skill = tree.find(row.pk)
    services.delete_skill(skill=row, at=database_time(), revision=form.cleaned_data["revision"])
    toast(request, _("Skill deleted. Its cards stay in your deck."), undo=reverse("goals:skill-restore", args=[row.pk]))
    return redirect(_url(row.tree, focus=neighbor(tree, skill) if skill else None))


@login_required
@require_POST
def skill_restore(request: Request, skill_node_id: UUID) -> HttpResponse:
    """Undo of a deletion."""
    skill = services.restore_skill(skill=request.user.skill_nodes.get_or_not_found(skill_node_id))
    return redirect(_url(skill.tree, changed=skill.pk))


def _place(request: Request) -> dict[str, Any]:
    form = PlaceForm(request.GET)
    form.is_valid()
    return {name: form.cleaned_data.get(name) for name in form.fields}


def _shown_tree(request: Request, goal: Goal) -> Tree | None:
    """The tree that the address names, or the goal's accepted or proposed one."""
    tree_id = _place(request)["tree"]
    if tree_id is None:
        return tree_of(goal)
    living = request.user.skill_trees.filter(goal=goal).exclude(status=TreeStatus.REPLACED)
    return read_tree(living.get_or_not_found(tree_id))


def _skill(request: Request, goal: Goal, form: SeenSkillForm) -> SkillNode:
    """The skill that the form names, also a deleted one: a change of it is a conflict."""
    if not form.is_valid():
        raise Invalid({name: [str(error) for error in errors] for name, errors in form.errors.items()})
    return request.user.skill_nodes.filter(tree__goal=goal).get_or_not_found(form.cleaned_data["skill"])


def _seen(form: Form, tree: Tree | None) -> Form:
    """The form, if its page showed this tree. Raises TreeChanged otherwise, before its choices are checked."""
    revision = tree.revision if tree else NO_REVISION
    if form.data.get("revision") != str(revision):
        raise TreeChanged(tree)
    return form


def _url(tree: SkillTree, **place: UUID | str | None) -> str:
    """The page, with the skill that was changed in sight."""
    proposed = {"tree": tree.pk} if tree.status == TreeStatus.PROPOSED else {}
    query = urlencode({**proposed, **{name: value for name, value in place.items() if value is not None}})
    anchor = place.get("changed") or place.get("focus")
    return f"{reverse('goals:tree-edit', args=[tree.goal_id])}?{query}" + (f"#skill-{anchor}" if anchor else "")


def _editor(
    request: Request, goal: Goal, tree: Tree | None, skill: Skill | None = None, *, status: int = 200, **state: Any
) -> HttpResponse:
    """The page with this skill open. `state` replaces parts of what it shows."""
    place = _place(request) if request.method == "GET" else {}
    changed = tree.find(place["changed"]) if tree and place.get("changed") else None
    context = {
        "goal": goal,
        "tree": tree,
        "revision": tree.revision if tree else NO_REVISION,
        "query": f"?tree={tree.id}&" if tree and tree.status == TreeStatus.PROPOSED else "?",
        "open": skill,
        "focus": place.get("focus") or place.get("changed"),
        "announcement": whereabouts(tree, changed) if tree and changed else "",
        "add_form": SkillCreateForm(tree, initial={"below": place.get("below") or ""}, focus="below" in request.GET),
    }
    if tree and skill:
        context |= _panel(tree, skill)
    return page(request, "goals/tree_edit.html", context | state, part="editor", status=status)


def _panel(tree: Tree, skill: Skill) -> dict[str, Any]:
    """What the page shows of the skill that is open."""
    return {
        "skill_form": SkillForm(tree, skill),
        "steps": steps(tree, skill),
        "targets": targets(tree, skill),
        "cards_url": reverse("flashcards:skill-detail", args=[skill.id]),
        "known_url": reverse("quiz:skill-known", args=[skill.id]),
    }


def _conflict(request: Request, goal: Goal, tree: Tree | None) -> HttpResponse:
    """The tree as it is now. What the user wrote stays in its form, or is shown to them if the skill is gone."""
    written = {name: request.POST[name] for name in ("title", "description") if request.POST.get(name, "").strip()}
    named = SeenSkillForm(request.POST)
    named.is_valid()
    skill = tree.find(named.cleaned_data["skill"]) if tree and named.cleaned_data.get("skill") else None
    state: dict[str, Any] = {"conflict": True, "written": written, "announcement": TreeChanged.message}
    if tree and skill and written:
        state |= {"skill_form": SkillForm(tree, skill, request.POST), "written": {}}
    elif "below" in request.POST:
        state |= {"add_form": SkillCreateForm(tree, initial=written), "written": {}}
    response = _editor(request, goal, tree, skill if written else None, status=409, **state)
    # htmx leaves the page as it is on other errors.
    response["HX-Retarget"], response["HX-Reswap"] = "#tree", "outerHTML"
    return response
