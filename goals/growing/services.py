"""Services of growing: asking a model for a skill tree or a branch of one, and making one from an outline."""

from datetime import datetime
from typing import Final, Unpack
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from base.errors import MemoryLoopError
from base.models import database_time
from base.runs import RunLifecycle
from goals.errors import TooDeepToGrow, TooManyTreeRuns, TreeRunning
from goals.growing.drafts import MODEL_LIMITS, OUTLINE_LIMITS, Limits
from goals.growing.outlines import draft_from_outline
from goals.models import MAX_DEPTH, Goal, SkillNode, SkillTree, TreeOrigin, TreeRun, TreeRunStatus
from goals.services import NewGoalValues, create_goal
from goals.trees.proposals import propose_tree
from providers.gateway import default_choice, provider_for

MAX_RUNNING: Final = 3  # runs of one user

LIFECYCLE: Final = RunLifecycle(TreeRun, task="goals.tasks.grow_tree", running=TreeRunStatus.RUNNING.value)


def start_tree_run(*, goal: Goal, branch: SkillNode | None = None, provider: str = "", model: str = "") -> TreeRun:
    """Ask a worker, after commit, for a tree of the goal, or for the skills below a skill of its accepted tree.

    Without a provider, the user's default model is asked. The result is a proposal.
    Raises TreeRunning, TooManyTreeRuns, TooDeepToGrow and the errors of `provider_for`.
    """
    limits_below(MODEL_LIMITS, branch)
    if not provider:
        provider, model = default_choice(owner=goal.owner)
    provider_for(owner=goal.owner, name=provider)
    with transaction.atomic():
        _refuse_too_many(goal)
        run = TreeRun.objects.create(owner=goal.owner, goal=goal, branch=branch, provider=provider, model=model)
        LIFECYCLE.enqueue(run.pk)
    return run


def create_goal_with_tree(*, owner: User, allow_duplicate: bool = False, **values: Unpack[NewGoalValues]) -> Goal:
    """Add a goal and ask the user's default model for its tree.

    Raises the errors of `create_goal`, and TooManyTreeRuns or those of `provider_for`, which leave no goal behind.
    """
    goal = create_goal(owner=owner, allow_duplicate=allow_duplicate, **values)
    try:
        start_tree_run(goal=goal)
    except MemoryLoopError:
        goal.delete()
        raise
    return goal


def _refuse_too_many(goal: Goal) -> None:
    # Without the lock, simultaneous requests could all count before any of them has created its row.
    User.objects.select_for_update(no_key=True).get(pk=goal.owner_id)
    running = TreeRun.objects.filter(owner=goal.owner_id, status=TreeRunStatus.RUNNING)
    if running.filter(goal=goal).exists():
        raise TreeRunning
    if running.count() >= MAX_RUNNING:
        raise TooManyTreeRuns


def grow_from_outline(*, goal: Goal, text: str, branch: SkillNode | None = None) -> SkillTree:
    """Make a proposal from a pasted outline, without any model. Raises NoOutline, OutlineTooLong and TooDeepToGrow."""
    draft = draft_from_outline(text, limits_below(OUTLINE_LIMITS, branch))
    return propose_tree(goal=goal, branch=branch, draft=draft, origin=TreeOrigin.OUTLINE, at=database_time())


def limits_below(limits: Limits, branch: SkillNode | None) -> Limits:
    """Those of the skills below `branch`; without one, those of a whole tree. Raises TooDeepToGrow."""
    if branch is None:
        return limits
    if branch.depth >= MAX_DEPTH:
        raise TooDeepToGrow
    return limits.below(branch.depth)


@transaction.atomic
def cancel_tree_run(*, run: TreeRun) -> None:
    """End the run now: its worker notices within seconds and drops the answer. A run that has ended stays as it is."""
    locked = LIFECYCLE.lock(run.pk)
    if locked is not None:
        LIFECYCLE.end(locked, status=TreeRunStatus.CANCELED)


@transaction.atomic
def fail_tree_run(*, run_id: UUID, code: str, detail: str) -> None:
    """End a running run with an error. `detail` is the message for the user."""
    run = LIFECYCLE.lock(run_id)
    if run is not None:
        _fail(run, code, detail)


def sweep_tree_runs(*, at: datetime) -> None:
    """Fail the runs whose worker died, and enqueue again those that no worker has claimed."""
    LIFECYCLE.sweep(at=at, fail=_fail_abandoned)


def _fail_abandoned(run: TreeRun) -> None:
    _fail(run, "worker-stopped", _("The worker that was proposing these skills stopped. Try again."))


def _fail(run: TreeRun, code: str, detail: str) -> None:
    LIFECYCLE.end(run, status=TreeRunStatus.FAILED, error={"code": code, "detail": detail})
