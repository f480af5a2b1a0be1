"""Reads of projects and memories."""

from django.db.models import QuerySet

from accounts.models import User
from base.text import storable
from memories.models import Project

MAX_SEARCH_WORDS = 10


def find_projects(*, owner: User, words: str) -> QuerySet[Project]:
    """The user's current projects whose names have all the words, by name."""
    projects = owner.projects.current().order_by("name")
    for word in storable(words).split()[:MAX_SEARCH_WORDS]:
        projects = projects.filter(name__icontains=word)
    return projects
