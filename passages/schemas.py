"""The request and response bodies of the JSON API of remembered passages."""

from datetime import datetime
from typing import Self
from uuid import UUID

from ninja import Field
from pydantic import BaseModel, ConfigDict

from base.api.schemas import RequestBody
from base.api.values import Key
from passages.models import RememberedPassage


class NewPassage(RequestBody):
    """`text` is a part of the message as it is read, without its Markdown. Without it, the whole message is remembered,
    or the beginning of a long one."""

    message_id: Key
    # No maximum length here: `remember_passage` rejects a longer text with 413 instead of 422.
    text: str = Field("", description="At most 2,000 characters. White space need not be the same as in the message.")


class PassageOut(BaseModel):
    """`conversation_title` is the title when the passage was remembered; `message_id` is null once that message is
    deleted."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    message_id: UUID | None
    conversation_title: str
    text: str
    created_at: datetime

    @classmethod
    def of(cls, passage: RememberedPassage) -> Self:
        return cls.model_validate(passage)
