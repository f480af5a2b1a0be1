"""Pagination of the JSON API's lists. Each page has the cursor of the next one."""

import base64
from collections.abc import Callable
from typing import Generic, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from ninja import Schema
from pydantic import Field

from base.errors import MemoryLoopError

MAX_PER_PAGE = 200

Item = TypeVar("Item")
Row = TypeVar("Row", bound=Model)


class Page(Schema, Generic[Item]):
    items: list[Item]
    next: str | None = None


class Listing(Schema):
    """The query of every list: how many, and where the last page ended."""

    limit: int = Field(50, ge=1, le=MAX_PER_PAGE)
    cursor: str | None = Field(None, max_length=200)


class InvalidCursor(MemoryLoopError):
    code = "bad-cursor"
    message = "The cursor does not come from this list."


def paginate(
    rows: "QuerySet[Row]", query: Listing, to_item: Callable[[Row], Item], *, newest_first: bool = True
) -> Page[Item]:
    """One page of `rows` by primary key, and the cursor of the next page. Keys are uuid7, so they sort by time.

    Raises InvalidCursor.
    """
    if query.cursor is not None:
        edge = _decode(query.cursor)
        rows = rows.filter(pk__lt=edge) if newest_first else rows.filter(pk__gt=edge)
    found = list(rows.order_by("-pk" if newest_first else "pk")[: query.limit + 1])
    more = len(found) > query.limit
    found = found[: query.limit]
    return Page(items=[to_item(row) for row in found], next=_encode(found[-1].pk) if more else None)


def _encode(key: UUID) -> str:
    return base64.urlsafe_b64encode(key.bytes).decode().rstrip("=")


def _decode(cursor: str) -> UUID:
    try:
        return UUID(bytes=base64.urlsafe_b64decode(cursor + "=="))
    except ValueError:
        raise InvalidCursor from None
