"""Reads of projects and memories."""

from django.db.models import QuerySet

from accounts.models import User
from base.text import storable
from memories.models import Project

MAX_SEARCH_WORDS = 10
MAX_NAMES = 200


def find_projects(*, owner: User, words: str) -> QuerySet[Project]:
    """The user's current projects whose names have all the words, by name."""
    projects = owner.projects.current().order_by("name")
    for word in storable(words).split()[:MAX_SEARCH_WORDS]:
        projects = projects.filter(name__icontains=word)
    return projects


def project_names(*, owner: User) -> list[str]:
    """The names of the user's current projects that a form proposes."""
    return list(owner.projects.current().order_by("name").values_list("name", flat=True)[:MAX_NAMES])
