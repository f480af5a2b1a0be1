"""The request and response bodies of what a conversation uses."""

from typing import Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from base.api.schemas import RequestBody
from memories.models import Project


class ProjectChoice(RequestBody):
    used: bool


class ProjectChoiceOut(BaseModel):
    """`used`: whether the answers of the conversation use the memories of this project."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    used: bool

    @classmethod
    def of(cls, project: Project) -> Self:
        """Of a project that was read through `memories.chats.queries.with_used`."""
        return cls.model_validate(project)
