"""The link to goals in the site's navigation, and their entries in the command palette."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from base.navigation import RailLink, register
from goals.queries import find_goals
from palette import registry as palette


def goal_entries(owner: User, query: str, limit: int) -> list[palette.Entry]:
    """The goals whose titles have the words of the query; none before something is typed."""
    if not query:
        return []
    goals = find_goals(owner=owner, words=query)[:limit]
    return [palette.Entry(goal.title, "target", reverse("goals:goal-detail", args=[goal.pk])) for goal in goals]


register(RailLink("goals", _("Goals"), "target", "goals:goal-list", order=50, paths=("goals",)))
palette.register(
    palette.Group(_("Goals"), order=40, find=goal_entries),
    palette.Action(_("New goal"), "target", order=40, url_name="goals:goal-create"),
)
