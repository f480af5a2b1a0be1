"""The error of a goal that the user has already."""

from django.utils.translation import gettext_lazy as _

from base.errors import Conflict
from goals.duplicates.queries import SimilarGoals
from goals.duplicates.schemas import SimilarGoalsOut


class SimilarGoalExists(Conflict):
    extension = SimilarGoalsOut
    code = "similar-goal"
    message = _("You have a goal like this. Open it, merge the new one into it, or keep both.")

    def __init__(self, found: SimilarGoals) -> None:
        super().__init__()
        self.found = found
        self.extended = SimilarGoalsOut.of(found)
