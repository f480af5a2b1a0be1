"""The tools of memories: JSON records in projects."""

from typing import Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from accounts.models import Scope, User
from mcp_server.registry import tool
from mcp_server.uris import uri_of
from memories import services
from memories.schemas import NewMemory
from memories.services import Saved


class Remember(NewMemory):
    """The body of `POST /api/memories`."""

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


@tool("Remember a record", scope=Scope.WRITE, is_destructive=True)
def remember(owner: User, given: Remember) -> RememberAnswer:
    """Keep a JSON object in a project, which is created if there is none of that name.

    With a `key` that the project has, that memory is replaced: use a key for what is written again and again, and
    the same call twice is one memory. `date`, `task` and `component` are taken from the fields of `data` where they
    are not given. The object may have 64 KB and 32 levels.
    """
    return RememberAnswer.of(services.save_memory(owner=owner, **given.model_dump()))
