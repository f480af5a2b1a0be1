"""The errors of goals."""

from django.utils.translation import gettext_lazy as _

from base.errors import MemoryLoopError


class NoTitle(MemoryLoopError):
    code = "no-title"
    message = _("A goal needs a title.")


class GoalPurged(MemoryLoopError):
    status = 404
    code = "goal-purged"
    message = _("This goal has been deleted permanently.")
