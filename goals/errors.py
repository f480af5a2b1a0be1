"""The errors of goals."""

from django.utils.translation import gettext_lazy as _

from base.errors import Conflict, MemoryLoopError, TooLarge, TooMany


class NoTitle(MemoryLoopError):
    code = "no-title"
    message = _("A goal needs a title.")


class GoalPurged(MemoryLoopError):
    status = 404
    code = "goal-purged"
    message = _("This goal has been deleted permanently.")


class NoOutline(MemoryLoopError):
    code = "no-outline"
    message = _("No outline was found in this text. Use headings, a list, numbers or indented lines, one skill a line.")


class OutlineTooLong(TooLarge):
    code = "outline-too-long"
    message = _("This outline is too long: at most 500,000 characters. Leave out a part of it.")


class NoTreeInAnswer(MemoryLoopError):
    """The model answered twice without a skill tree."""

    status = 502
    code = "no-tree"
    message = _("The model's answer was not a skill tree. Try again, choose a larger model, or paste an outline.")


class TreeRefused(MemoryLoopError):
    code = "tree-refused"
    message = _(
        "The model declined to propose skills for this. Describe the goal differently, or choose another model."
    )


class TreeRunning(Conflict):
    code = "tree-running"
    message = _("A model is already proposing skills for this goal. Wait for it, or cancel it.")


class TooManyTreeRuns(TooMany):
    code = "too-many-tree-runs"
    message = _("Skills are already being proposed for several goals. Wait until one of them is done.")


class TooDeepToGrow(MemoryLoopError):
    code = "too-deep-to-grow"
    message = _("This skill is on the last level: it can have no skills below it.")


class NoProposal(Conflict):
    code = "no-proposal"
    message = _("This proposal has been accepted, discarded or replaced in the meantime.")


class BranchDeleted(Conflict):
    code = "branch-deleted"
    message = _("The skill that this was proposed for has been deleted. Restore it, or discard the proposal.")
