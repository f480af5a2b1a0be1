"""The link to memories in the site's navigation, and the projects in the command palette."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from base.navigation import RailLink, register
from memories.queries import find_projects
from palette import registry as palette


def project_entries(owner: User, query: str, limit: int) -> list[palette.Entry]:
    """The projects whose names have the words of the query; none before something is typed."""
    if not query:
        return []
    projects = find_projects(owner=owner, words=query)[:limit]
    return [
        palette.Entry(project.name, "database", reverse("memories:project-detail", args=[project.pk]))
        for project in projects
    ]


register(RailLink("memories", _("Memories"), "database", "memories:project-list", order=25, paths=("memories",)))
palette.register(
    palette.Group(_("Projects"), order=45, find=project_entries),
    palette.Action(_("New memory"), "database", order=120, url_name="memories:memory-create"),
    palette.Action(_("Import memories"), "upload", order=130, url_name="memories:memory-import"),
)
