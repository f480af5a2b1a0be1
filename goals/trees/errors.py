"""The errors of changes to skill trees."""

from django.utils.translation import gettext_lazy as _

from base.errors import Conflict, MemoryLoopError, NotFound
from goals.trees.queries import Tree
from goals.trees.schemas import PresentTree


class TreeChanged(Conflict):
    """The tree is no longer as its user saw it. `tree` is what it is now, None if the goal has none."""

    extension = PresentTree
    code = "tree-changed"
    message = _("The skill tree has changed in the meantime. Look at it as it is now and try again.")

    def __init__(self, tree: Tree | None = None) -> None:
        super().__init__()
        self.tree = tree
        self.extended = PresentTree.of(tree)


class NoSkillTitle(MemoryLoopError):
    code = "no-skill-title"
    message = _("A skill needs a title.")


class TreeFull(MemoryLoopError):
    code = "tree-full"
    message = _("A skill tree has at most 300 skills.")


class TooDeep(MemoryLoopError):
    code = "too-deep"
    message = _("A skill tree has three levels. There is no room below that skill.")


class BelowItself(MemoryLoopError):
    code = "below-itself"
    message = _("A skill cannot be below itself.")


class CannotMove(MemoryLoopError):
    code = "cannot-move"
    message = _("The skill cannot move further that way.")


class UnknownSkill(NotFound):
    message = _("A skill that this refers to is not in the tree.")


class RepeatedSkill(MemoryLoopError):
    code = "repeated-skill"
    message = _("Two skills of the tree have the same id.")


class PrerequisiteCycle(MemoryLoopError):
    code = "prerequisite-cycle"
    message = _("Skills cannot build on each other in a circle.")


class PrerequisiteInBranch(MemoryLoopError):
    code = "prerequisite-in-branch"
    message = _("A skill cannot build on a skill that is above or below it.")


class SkillPurged(MemoryLoopError):
    status = 404
    code = "skill-purged"
    message = _("This skill has been deleted permanently.")
