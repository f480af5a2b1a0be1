"""Reads for the page of a project."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.core.paginator import Page, Paginator

from accounts.models import User
from memories.models import Memory, MemoryQuerySet, Project
from memories.search.filters import MemoryFilters

MEMORIES_PER_PAGE = 50
NEWEST_FOR_OPTIONS = 500  # memories whose values the filters propose
MAX_OPTIONS = 50


@dataclass(frozen=True)
class FilterOptions:
    """The values that the newest memories of a project have."""

    tasks: list[str]
    components: list[str]
    tags: list[str]


class CountedPaginator(Paginator[Memory]):
    """Pages of memories whose number is known already, or None."""

    def __init__(self, memories: MemoryQuerySet, known_count: int | None) -> None:
        super().__init__(memories, MEMORIES_PER_PAGE)
        self.known_count = known_count

    @cached_property
    def count(self) -> int:
        return super().count if self.known_count is None else self.known_count


def list_memories(*, owner: User, filters: MemoryFilters, known_count: int | None, number: str | None) -> Page[Memory]:
    """One page of the memories that match, the newest first. `known_count` is their number if it is known."""
    # The page shows the record as it was written, not the JSONB.
    memories = filters.rows(owner).newest_first().defer("data")
    return CountedPaginator(memories, known_count).get_page(number)


def filter_options(project: Project) -> FilterOptions:
    """From the newest memories only: to read the values of 100,000 would take longer than the rest of the page."""
    newest = project.memories.filter(deleted_at=None).newest_first()[:NEWEST_FOR_OPTIONS]
    rows = list(newest.values_list("task", "component", "tags"))
    return FilterOptions(
        tasks=_options(task for task, _component, _tags in rows),
        components=_options(component for _task, component, _tags in rows),
        tags=_options(tag for _task, _component, tags in rows for tag in tags),
    )


def _options(values: Iterable[str]) -> list[str]:
    return sorted(dict.fromkeys(value for value in values if value))[:MAX_OPTIONS]
