"""Goals as a kind of search results."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from goals.indexing import GOALS
from goals.models import Goal
from search.kinds import Kind, register


def rows(owner: User) -> QuerySet[Goal]:
    return owner.goals.alive()


register(
    Kind(
        name="goal",
        label=_("Goals"),
        table=GOALS.table,
        rows=rows,
        schema="goals.schemas.FoundGoal",
        template="goals/_goal_result.html",
        order=30,
    )
)
