"""What every JSON endpoint shares: schemas, cursors, problem+json. Endpoints live in each app's `api.py`."""

import base64
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.http import HttpRequest, JsonResponse
from ninja import Schema
from pydantic import Field

from memoryloop.errors import Invalid, MemoryLoopError, TooMany

if TYPE_CHECKING:
    from accounts.models import ApiToken, User

MOST_PER_PAGE = 200

Item = TypeVar("Item")
Row = TypeVar("Row", bound=Model)


class ApiRequest(HttpRequest):
    """A request that passed authentication; `token` is set when a token was the way in."""

    user: "User"
    token: "ApiToken | None"


class Page(Schema, Generic[Item]):
    items: list[Item]
    next: str | None = None


class Listing(Schema):
    """The query of every list: how many, and where the last page ended."""

    limit: int = Field(50, ge=1, le=MOST_PER_PAGE)
    cursor: str | None = Field(None, max_length=200)


class BadCursor(MemoryLoopError):
    code = "bad-cursor"
    sentence = "The cursor is not one that this list gave out."


def paginate(
    rows: "QuerySet[Row]", listing: Listing, show: Callable[[Row], Item], *, newest_first: bool = True
) -> dict[str, Any]:
    """One page of `rows` by primary key, and the cursor of the next; keys are uuid7, so their order is that of time."""
    if listing.cursor is not None:
        edge = _read_cursor(listing.cursor)
        rows = rows.filter(pk__lt=edge) if newest_first else rows.filter(pk__gt=edge)
    found = list(rows.order_by("-pk" if newest_first else "pk")[: listing.limit + 1])
    more = len(found) > listing.limit
    found = found[: listing.limit]
    return {"items": [show(row) for row in found], "next": _cursor(found[-1].pk) if more else None}


def _cursor(key: UUID) -> str:
    return base64.urlsafe_b64encode(key.bytes).decode().rstrip("=")


def _read_cursor(cursor: str) -> UUID:
    try:
        return UUID(bytes=base64.urlsafe_b64decode(cursor + "=="))
    except ValueError:
        raise BadCursor from None


def problem(
    *, status: int, title: str, detail: str = "", code: str = "about:blank", errors: Mapping[str, Any] | None = None
) -> JsonResponse:
    """An error answer (RFC 9457), with `errors` by field where there are any."""
    body: dict[str, Any] = {"type": code, "title": title, "status": status, "detail": detail}
    if errors:
        body["errors"] = errors
    return JsonResponse(body, status=status, content_type="application/problem+json")


def problem_for(error: MemoryLoopError) -> JsonResponse:
    errors = error.errors if isinstance(error, Invalid) else None
    title = error.code.replace("-", " ").capitalize()
    response = problem(status=error.status, title=title, detail=error.detail, code=error.code, errors=errors)
    if isinstance(error, TooMany):
        response["Retry-After"] = str(error.retry_after)
    return response
