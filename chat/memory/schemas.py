"""The request and response bodies of what replies were given."""

from datetime import datetime
from typing import Self
from uuid import UUID

from ninja import Field
from pydantic import BaseModel, ConfigDict

from base.api.schemas import RequestBody
from chat.memory.queries import PanelPiece
from chat.models import LeftOutPiece


class PieceOut(BaseModel):
    """`reason` says why it was found. `left_out_id` is set while the piece is left out of the conversation."""

    number: int
    kind: str
    id: UUID
    conversation_id: UUID | None
    title: str
    excerpt: str
    reason: str
    cited: bool
    forgotten: bool
    left_out_id: UUID | None

    @classmethod
    def of(cls, piece: PanelPiece) -> Self:
        source, left_out = piece.source, piece.left_out
        stored = {**source.piece, "excerpt": source.excerpt}
        return cls.model_validate(
            {**stored, "forgotten": source.is_forgotten, "left_out_id": left_out.pk if left_out else None}
        )


class ContextAnswer(BaseModel):
    items: list[PieceOut]


class NewLeftOut(RequestBody):
    number: int = Field(ge=1, le=1_000)


class LeftOutOut(BaseModel):
    """`piece_id` is the id of a row of this `kind`, such as a message."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    conversation_id: UUID
    kind: str
    piece_id: UUID
    title: str
    created_at: datetime

    @classmethod
    def of(cls, row: LeftOutPiece) -> Self:
        return cls.model_validate(row)


class LeftOutAnswer(BaseModel):
    items: list[LeftOutOut]
