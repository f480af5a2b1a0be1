"""Errors of the JSON API as problem+json (RFC 9457)."""

from collections.abc import Mapping
from typing import Any

from django.http import JsonResponse

from base.errors import Invalid, MemoryLoopError, NotFound

API_PREFIX = "/api/"


def is_api_path(path: str) -> bool:
    """Whether the path belongs to the API, whose errors are problem+json."""
    return path.startswith(API_PREFIX)


def problem(
    *, status: int, title: str, detail: str = "", code: str = "about:blank", errors: Mapping[str, Any] | None = None
) -> JsonResponse:
    """An error response. `errors` has the messages of each field, by its name."""
    body: dict[str, Any] = {"type": code, "title": title, "status": status, "detail": detail}
    if errors:
        body["errors"] = errors
    return JsonResponse(body, status=status, content_type="application/problem+json")


def problem_for(error: MemoryLoopError) -> JsonResponse:
    """The response to a domain error. It says when to try again if that may help."""
    if isinstance(error, NotFound):
        return problem(status=error.status, title="Not found", detail=error.detail)
    errors = error.errors if isinstance(error, Invalid) else None
    title = error.code.replace("-", " ").capitalize()
    response = problem(status=error.status, title=title, detail=error.detail, code=error.code, errors=errors)
    if error.retry_after is not None:
        response["Retry-After"] = str(error.retry_after)
    return response
