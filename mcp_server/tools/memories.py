"""The tools of memories: JSON records in projects."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from accounts.models import Scope, User
from base.api.values import Key
from base.models import database_time
from mcp_server.registry import ToolInput, tool
from mcp_server.uris import uri_of
from memories import services
from memories.models import Memory
from memories.schemas import MemoryChange, MemoryOut, NewMemory, ProjectOut
from memories.services import Saved

MAX_PROJECTS = 200  # that are listed


class Remember(NewMemory):
    model_config = ConfigDict(extra="forbid")


class RememberAnswer(BaseModel):
    """`is_new` is false if the memory with this key was replaced."""

    id: UUID
    uri: str
    project: str
    is_new: bool

    @classmethod
    def of(cls, saved: Saved) -> Self:
        memory = saved.memory
        return cls(id=memory.pk, uri=uri_of(memory), project=memory.project.name, is_new=saved.is_new)


class MemoryAnswer(MemoryOut):
    uri: str

    @classmethod
    def of(cls, memory: Memory) -> Self:
        return cls(**MemoryOut.of(memory).model_dump(), uri=uri_of(memory))


@tool("Remember a record", scope=Scope.WRITE, is_destructive=True)
def remember(owner: User, given: Remember) -> RememberAnswer:
    """Keep a JSON object in a project, which is created if there is none of that name.

    With a `key` that the project has, that memory is replaced: use a key for what is written again and again, and
    the same call twice is one memory. `date`, `task` and `component` are taken from the fields of `data` where they
    are not given. The object may have 64 KB and 32 levels.
    """
    return RememberAnswer.of(services.save_memory(owner=owner, **given.model_dump()))


class WhichMemory(ToolInput):
    memory_id: Key


@tool("Read a record")
def get_memory(owner: User, given: WhichMemory) -> MemoryAnswer:
    """A memory with all of its record."""
    return MemoryAnswer.of(owner.memories.alive().get_or_not_found(given.memory_id))


class UpdateMemory(MemoryChange):
    model_config = ConfigDict(extra="forbid")

    memory_id: Key


@tool("Change a record", scope=Scope.WRITE, is_destructive=True, is_idempotent=True)
def update_memory(owner: User, given: UpdateMemory) -> MemoryAnswer:
    """Change what is given of a memory, and leave the rest. `data` is replaced as a whole."""
    memory = owner.memories.alive().get_or_not_found(given.memory_id)
    changes = given.model_dump(exclude_unset=True, exclude={"memory_id"})
    return MemoryAnswer.of(services.change_memory(memory=memory, **changes))


class Forgotten(BaseModel):
    id: UUID


@tool("Forget a record", scope=Scope.WRITE, is_destructive=True, is_idempotent=True)
def forget(owner: User, given: WhichMemory) -> Forgotten:
    """Delete a memory. The user can restore it for an hour."""
    memory = owner.memories.alive().get_or_not_found(given.memory_id)
    services.delete_memory(memory=memory, at=database_time())
    return Forgotten(id=memory.pk)


class WhichProjects(ToolInput):
    archived: Annotated[bool, Field(description="Those that are archived, which can't be written to.")] = False


class ProjectsAnswer(BaseModel):
    """By name. `memories` is how many each has."""

    items: list[ProjectOut]


@tool("List projects")
def list_projects(owner: User, given: WhichProjects) -> ProjectsAnswer:
    """The projects in which memories are kept."""
    projects = owner.projects.alive().filter(archived_at__isnull=not given.archived).order_by("name")
    return ProjectsAnswer(items=[ProjectOut.of(project) for project in projects[:MAX_PROJECTS]])
