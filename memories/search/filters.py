"""What narrows lists and searches of memories."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from accounts.models import User
from base.text import storable
from memories.indexing import beginning_of
from memories.models import MemoryQuerySet
from memories.search.where import checked_where
from search.filters import Filter

MAX_PROJECTS = 50  # that one search may name


@dataclass(frozen=True)
class MemoryFilters:
    """Which memories are wanted; None and an empty sequence of tags do not narrow.

    `projects` are names. Archived projects count only if they are named. Both dates are included, and a memory without
    a date matches neither. A memory must have all of the `tags`, and contain all of `where`, an object. Raises
    InvalidWhere.
    """

    projects: Sequence[str] | None = None
    date_from: date | None = None
    date_to: date | None = None
    task: str | None = None
    component: str | None = None
    tags: Sequence[str] = ()
    where: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        if self.where is not None:
            checked_where(self.where)

    def rows(self, owner: User) -> MemoryQuerySet:
        """The owner's memories that match, in no order, without their projects."""
        rows = owner.memories.filter(deleted_at=None, project__in=self.project_ids(owner), **self._conditions())
        if self.tags:
            rows = rows.filter(tags__contains=[storable(tag) for tag in self.tags])
        return rows.filter(data__contains=self.where) if self.where else rows

    def project_ids(self, owner: User) -> list[UUID]:
        """The projects that are wanted and not deleted. Read first: with their ids, PostgreSQL can use its indices."""
        if self.projects is None:
            return list(owner.projects.current().values_list("pk", flat=True))
        names = [storable(name) for name in self.projects]
        return list(owner.projects.alive().filter(name__in=names).values_list("pk", flat=True))

    def for_index(self, owner: User) -> list[Filter]:
        """The same for the index, without `where`. A wanted project that does not exist lets nothing match."""
        filters = [Filter("project_id", "in", self.project_ids(owner))]
        if self.date_from is not None:
            filters.append(Filter("date", "ge", beginning_of(self.date_from)))
        if self.date_to is not None:
            # The index has moments. After the last day of the calendar there is none to compare with.
            filters.append(Filter("date", "lt", beginning_of(self.date_to) + timedelta(microseconds=1)))
        if self.task is not None:
            filters.append(Filter("task", "eq", self.task))
        if self.component is not None:
            filters.append(Filter("component", "eq", self.component))
        return [*filters, *(Filter("tags", "has", tag) for tag in self.tags)]

    def _conditions(self) -> dict[str, object]:
        conditions: dict[str, object] = {}
        if self.date_from is not None:
            conditions["date__gte"] = self.date_from
        if self.date_to is not None:
            conditions["date__lte"] = self.date_to
        if self.task is not None:
            conditions["task"] = storable(self.task)
        if self.component is not None:
            conditions["component"] = storable(self.component)
        return conditions
