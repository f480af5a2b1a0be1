"""The request and response bodies of the JSON API of memories."""

import json
from datetime import date, datetime
from typing import Annotated, Any, Self, cast
from uuid import UUID

from ninja import Field, Schema
from pydantic import BaseModel, ConfigDict

from base.api.pagination import Listing
from base.api.schemas import RequestBody
from base.api.values import Day
from memories.models import MAX_PROJECT_NAME_LENGTH, Memory, Project
from memories.records.values import MAX_KEY_LENGTH, MAX_LABEL_LENGTH, MAX_TAG_LENGTH, MAX_TAGS
from memories.search.filters import MAX_PROJECTS, MemoryFilters
from memories.search.where import MAX_WHERE_BYTES, parsed_where
from memories.services import MemoryChanges, MemoryValues

Label = Annotated[str, Field(max_length=MAX_LABEL_LENGTH)]
Tag = Annotated[str, Field(min_length=1, max_length=MAX_TAG_LENGTH)]
ProjectName = Annotated[str, Field(max_length=MAX_PROJECT_NAME_LENGTH)]


class NewProject(RequestBody):
    name: str = Field(max_length=MAX_PROJECT_NAME_LENGTH)
    description: str = Field("", max_length=5_000)
    use_in_chats: bool = False


class ProjectChange(RequestBody):
    name: str = Field("", max_length=MAX_PROJECT_NAME_LENGTH)
    description: str = Field("", max_length=5_000)
    use_in_chats: bool = False
    archived: bool = False


class ProjectOut(BaseModel):
    """`memories` is how many it has."""

    id: UUID
    name: str
    description: str
    use_in_chats: bool
    archived: bool
    memories: int
    created_at: datetime

    @classmethod
    def of(cls, project: Project) -> Self:
        return cls(
            id=project.pk,
            name=project.name,
            description=project.description,
            use_in_chats=project.use_in_chats,
            archived=project.archived_at is not None,
            memories=project.size,
            created_at=project.created_at,
        )


class MemoryContent(RequestBody):
    """`date`, `task` and `component` are taken from the fields of `data` where they are not given."""

    data: dict[str, Any]
    key: str = Field("", max_length=MAX_KEY_LENGTH)
    date: Day | None = None
    task: Label = ""
    component: Label = ""
    tags: list[Tag] = Field([], max_length=MAX_TAGS)
    source: Label = ""

    def values(self) -> MemoryValues:
        """As services take them. `model_dump` would copy the record."""
        return MemoryValues(
            data=self.data,
            key=self.key,
            date=self.date,
            task=self.task,
            component=self.component,
            tags=self.tags,
            source=self.source,
        )


class MemoryChange(MemoryContent):
    data: dict[str, Any] = {}

    def changes(self) -> MemoryChanges:
        """The values that were given."""
        return cast(MemoryChanges, {name: getattr(self, name) for name in self.model_fields_set})


class NewMemory(MemoryContent):
    """`project` is a name; a project of that name is created if there is none."""

    project: str = Field(max_length=MAX_PROJECT_NAME_LENGTH)


class MemoryConditions(Schema):
    """Repeat `project` for any of several, and `tag` for all of several. `where` is JSON: {"status": "open"}.

    Both dates are included. Archived projects are listed only if they are named.
    """

    project: list[ProjectName] = Field([], max_length=MAX_PROJECTS)
    date_from: date | None = None
    date_to: date | None = None
    task: Label | None = None
    component: Label | None = None
    tag: list[Tag] = Field([], max_length=MAX_TAGS)
    where: str = Field("", max_length=MAX_WHERE_BYTES)

    def filters(self) -> MemoryFilters:
        """Raises InvalidWhere."""
        return MemoryFilters(
            projects=self.project or None,
            date_from=self.date_from,
            date_to=self.date_to,
            task=self.task,
            component=self.component,
            tags=self.tag,
            where=parsed_where(self.where) if self.where else None,
        )


class MemoryFilter(MemoryConditions, Listing):
    """Which memories a list has."""


class MemoryDeletion(MemoryConditions):
    project: list[ProjectName] = Field(min_length=1, max_length=MAX_PROJECTS)


class MemoryOut(BaseModel):
    """`project` is the name of the project. `data` has its keys in the order in which they were written."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    project: str
    project_id: UUID
    key: str
    data: dict[str, Any]
    date: date | None
    task: str
    component: str
    tags: list[str]
    source: str
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, memory: Memory) -> Self:
        return cls(
            id=memory.pk,
            project=memory.project.name,
            project_id=memory.project_id,
            key=memory.client_key,
            data=json.loads(memory.body),
            date=memory.date,
            task=memory.task,
            component=memory.component,
            tags=memory.tags,
            source=memory.source,
            created_at=memory.created_at,
            updated_at=memory.updated_at,
        )


class FoundMemory(MemoryOut):
    """A memory among the results of a search."""
