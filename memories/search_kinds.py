"""Memories as a kind of search results."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from memories.indexing import MEMORIES
from memories.models import Memory
from memories.search.filters import MemoryFilters
from search.kinds import Kind, register


def rows(owner: User) -> QuerySet[Memory]:
    """Those of archived projects are not found unless a search names the project."""
    return owner.memories.current().select_related("project")


register(
    Kind(
        name="memory",
        label=_("Memories"),
        table=MEMORIES.table,
        rows=rows,
        schema="memories.schemas.FoundMemory",
        template="memories/_memory_result.html",
        order=40,
        filters=MemoryFilters().for_index,
    )
)
