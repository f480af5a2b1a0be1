"""Pagination of the JSON API's lists. Each page has the cursor of the next one."""

import base64
from collections.abc import Callable
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from ninja import Schema
from pydantic import Field

from base.errors import MemoryLoopError
from base.sql.prepared import PreparedQuery

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
        rows = _after(rows, _decode(query.cursor), newest_first)
    return _page(list(_ordered(rows, newest_first)[: query.limit + 1]), query, to_item)


class PreparedPages(Generic[Row]):
    """A list like that of `paginate`, whose SQL is built once. See `base.sql.prepared` for `build` and `types`."""

    def __init__(self, build: "Callable[..., QuerySet[Row]]", *, newest_first: bool = True, **types: type) -> None:
        def after(edge: UUID, limit: int, **values: Any) -> "QuerySet[Row]":
            return _ordered(_after(build(**values), edge, newest_first), newest_first)[:limit]

        def first(limit: int, **values: Any) -> "QuerySet[Row]":
            return _ordered(build(**values), newest_first)[:limit]

        self._first = PreparedQuery(first, limit=int, **types)
        self._after = PreparedQuery(after, edge=UUID, limit=int, **types)

    def page(self, query: Listing, to_item: Callable[[Row], Item], **values: Any) -> Page[Item]:
        """Raises InvalidCursor."""
        if query.cursor is None:
            found = self._first(limit=query.limit + 1, **values)
        else:
            found = self._after(edge=_decode(query.cursor), limit=query.limit + 1, **values)
        return _page(found, query, to_item)


def _after(rows: "QuerySet[Row]", edge: UUID, newest_first: bool) -> "QuerySet[Row]":
    return rows.filter(pk__lt=edge) if newest_first else rows.filter(pk__gt=edge)


def _ordered(rows: "QuerySet[Row]", newest_first: bool) -> "QuerySet[Row]":
    return rows.order_by("-pk" if newest_first else "pk")


def _page(found: list[Row], query: Listing, to_item: Callable[[Row], Item]) -> Page[Item]:
    """The page of these rows, which are one more than its limit if there is a next page."""
    items = [to_item(row) for row in found[: query.limit]]
    return Page(items=items, next=_encode(found[query.limit - 1].pk) if len(found) > query.limit else None)


def _encode(key: UUID) -> str:
    return base64.urlsafe_b64encode(key.bytes).decode().rstrip("=")


def _decode(cursor: str) -> UUID:
    try:
        return UUID(bytes=base64.urlsafe_b64decode(cursor + "=="))
    except ValueError:
        raise InvalidCursor from None
