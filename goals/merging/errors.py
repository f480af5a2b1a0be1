"""The errors of merging goals."""

from django.utils.translation import gettext_lazy as _

from base.errors import Conflict, MemoryLoopError


class SameGoal(MemoryLoopError):
    code = "same-goal"
    message = _("A goal cannot be merged into itself.")


class TreeBeingMade(Conflict):
    code = "tree-being-made"
    message = _("A skill tree is being made for one of the goals. Wait until it is done, or cancel it.")
