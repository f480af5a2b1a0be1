"""The worker's part of a tree run: ask the model, once more if its answer is no tree, and save the proposal."""

import logging
import time
from contextlib import closing
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from base.connections import release_connection
from base.errors import MemoryLoopError
from base.models import database_time
from base.postgresql.acting import acting_for
from goals.errors import BranchDeleted
from goals.growing.answers import Reading, read_answer
from goals.growing.drafts import MODEL_LIMITS, Limits, TreeDraft
from goals.growing.progress import ReceivedTitles
from goals.growing.prompts import branch_prompt, tree_prompt, with_problems
from goals.growing.services import LIFECYCLE, fail_tree_run, limits_below
from goals.models import TreeOrigin, TreeRun, TreeRunStatus
from goals.trees.proposals import propose_tree
from goals.trees.queries import Tree, read_tree
from providers.errors import AnswerCutShort
from providers.gateway import provider_for
from providers.types import Prompt, Provider, TreeProposal

logger = logging.getLogger(__name__)

PROGRESS_EVERY: Final = 1.0  # seconds
MAX_ANSWER: Final = 60_000  # characters, twice what the largest tree needs; a model that repeats itself never ends


class RunEnded(Exception):
    """The user has canceled the run, or the sweep has failed it."""


@dataclass(frozen=True)
class _Answer:
    text: str
    cut_off: bool


def grow_tree(*, run_id: UUID) -> None:
    """Save the run's proposal, or its error. Does nothing when another worker has it or it has ended."""
    run = LIFECYCLE.claim(run_id, "owner", "goal", "branch")
    if run is not None:
        with acting_for(run.owner_id):
            _grow(run)


def _grow(run: TreeRun) -> None:
    try:
        with LIFECYCLE.heartbeat(run.pk):
            draft = _draft(run)
    except RunEnded:
        logger.info("A tree run was canceled.")
    except MemoryLoopError as error:
        fail_tree_run(run_id=run.pk, code=error.code, detail=error.detail)
    except Exception:
        logger.exception("A tree run failed.")
        fail_tree_run(run_id=run.pk, code="failed", detail=_("Something went wrong. Try again."))
    else:
        _finish(run, draft)


def _draft(run: TreeRun) -> TreeDraft:
    limits = limits_below(MODEL_LIMITS, run.branch)
    prompt = _prompt(run, limits)
    provider = provider_for(owner=run.owner, name=run.provider)
    first_answer = _ask(run, provider, prompt)
    first = _read(run, first_answer, limits)
    if not first.problems and first.draft:
        return first.draft
    logger.info("The model is asked again, because its first answer was not a good tree.")
    run.attempt = 2
    second_answer = _ask(run, provider, with_problems(prompt, first_answer.text, first.problems))
    return _better(first, _read(run, second_answer, limits))


def _prompt(run: TreeRun, limits: Limits) -> Prompt:
    present = _present(run)
    if run.branch_id is None:
        return tree_prompt(title=run.goal.title, description=run.goal.description, limits=limits, present=present)
    branch = present.find(run.branch_id) if present else None
    if branch is None or present is None:
        raise BranchDeleted
    return branch_prompt(goal=run.goal.title, branch=branch, limits=limits, present=present)


def _present(run: TreeRun) -> Tree | None:
    tree = run.goal.trees.filter(status="accepted").first()
    return read_tree(tree) if tree else None


def _read(run: TreeRun, answer: _Answer, limits: Limits) -> Reading:
    return read_answer(answer.text, limits, cut_off=answer.cut_off, of_branch=run.branch_id is not None)


def _better(first: Reading, second: Reading) -> TreeDraft:
    """The second answer's tree, unless only the first one has a tree, or the better one."""
    if second.draft and (first.draft is None or len(second.problems) <= len(first.problems)):
        return second.draft
    if first.draft:
        return first.draft
    raise second.error


def _ask(run: TreeRun, provider: Provider, prompt: Prompt) -> _Answer:
    """The whole answer, or what came of it. Shows its titles on the page meanwhile. Raises RunEnded."""
    titles, pieces, length = ReceivedTitles(), list[str](), 0
    shown_at = 0.0
    release_connection()  # the model may take minutes, and connections are few
    with closing(provider.stream_json(prompt=prompt, schema=TreeProposal, model=run.model)) as stream:
        try:
            for piece in stream:
                pieces.append(piece)
                length += len(piece)
                if time.monotonic() - shown_at >= PROGRESS_EVERY:
                    _show(run, titles.read("".join(pieces)))
                    shown_at = time.monotonic()
                if length > MAX_ANSWER:
                    return _Answer("".join(pieces), cut_off=True)
        except AnswerCutShort:
            return _Answer("".join(pieces), cut_off=True)
    _show(run, titles.read("".join(pieces)))
    return _Answer("".join(pieces), cut_off=False)


def _show(run: TreeRun, titles: list[str]) -> None:
    """Store the progress. Raises RunEnded."""
    running = TreeRun.objects.filter(pk=run.pk, status=TreeRunStatus.RUNNING)
    if not running.update(received=titles, attempt=run.attempt):
        raise RunEnded
    release_connection()


@transaction.atomic
def _finish(run: TreeRun, draft: TreeDraft) -> None:
    locked = LIFECYCLE.lock(run.pk)
    if locked is None:
        return  # canceled, or the sweep has failed it, or the account was deleted
    tree = propose_tree(
        goal=run.goal,
        branch=run.branch,
        draft=draft,
        origin=TreeOrigin.MODEL,
        provider=run.provider,
        model=run.model,
        at=database_time(),
    )
    LIFECYCLE.end(locked, status=TreeRunStatus.DONE, tree=tree, received=[skill.title for skill in draft])
