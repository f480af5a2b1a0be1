"""The query and the responses of the API for many memories."""

from collections.abc import Iterable
from datetime import datetime
from typing import Self

from ninja import Schema
from pydantic import BaseModel, Field

from base.api.schemas import RequestBody
from base.api.values import Moment
from memories.bulk.deletion import Deletion, Restoration
from memories.bulk.report import LineError, Report
from memories.models import MAX_PROJECT_NAME_LENGTH


class BulkQuery(Schema):
    partial: bool = False
    project: str = Field("", max_length=MAX_PROJECT_NAME_LENGTH)


class LineErrorOut(BaseModel):
    """`line` counts from 1."""

    line: int
    detail: str

    @classmethod
    def list_of(cls, errors: Iterable[LineError]) -> list[Self]:
        return [cls(line=error.number, detail=error.detail) for error in errors]


class RejectedLines(BaseModel):
    lines: list[LineErrorOut]


class ReportOut(BaseModel):
    created: int
    updated: int
    errors: list[LineErrorOut]

    @classmethod
    def of(cls, report: Report) -> Self:
        errors = LineErrorOut.list_of(report.errors)
        return cls(created=report.created, updated=report.updated, errors=errors)


class DeletionOut(BaseModel):
    """`deleted_at` names the deletion, for undoing it within an hour."""

    deleted: int
    deleted_at: datetime

    @classmethod
    def of(cls, deletion: Deletion) -> Self:
        return cls(deleted=deletion.count, deleted_at=deletion.at)


class Restored(RequestBody):
    deleted_at: Moment


class RestorationOut(BaseModel):
    """`taken` memories stay deleted, because others have their keys by now."""

    restored: int
    taken: int

    @classmethod
    def of(cls, restoration: Restoration) -> Self:
        return cls(restored=restoration.count, taken=restoration.taken)
