"""Errors of the JSON API as problem+json (RFC 9457)."""

from collections.abc import Mapping, Sequence

from django.http import JsonResponse
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel

from base.api.schemas import Problem
from base.errors import Invalid, MemoryLoopError, NotFound
from base.logs.context import request_id

API_PREFIX = "/api/"
CONTENT_TYPE = "application/problem+json"
NO_CODE = "about:blank"  # the status says all


class InvalidRequest(MemoryLoopError):
    """The request does not fit the schema in the OpenAPI document. `errors` of the response names the fields."""

    code = NO_CODE
    message = _("Some fields are not valid.")


def is_api_path(path: str) -> bool:
    """Whether the path belongs to the API, whose errors are problem+json."""
    return path.startswith(API_PREFIX)


def problem(
    *,
    status: int,
    title: str,
    detail: str = "",
    code: str = NO_CODE,
    errors: Mapping[str, Sequence[str]] | None = None,
    error_id: str = "",
    extended: BaseModel | None = None,
) -> JsonResponse:
    """An error response. `errors` has the messages of each field, by its name; `extended` are more members."""
    by_field = {field: list(messages) for field, messages in (errors or {}).items()}
    body = Problem(type=code, title=title, status=status, detail=detail, errors=by_field, error_id=error_id)
    members = body.model_dump(exclude_defaults=True) | (extended.model_dump() if extended else {})
    return JsonResponse(members, status=status, content_type=CONTENT_TYPE)


def unexpected_problem() -> JsonResponse:
    """The response to an error of ours. Its `error_id` is the id of the request, which its log lines have."""
    detail = "Something went wrong on the server. Its operator finds the error in the log by its id."
    return problem(status=500, title="Internal error", detail=detail, error_id=request_id())


def problem_type(error: type[MemoryLoopError]) -> str:
    """The `type` of the responses to this error."""
    return NO_CODE if issubclass(error, NotFound) else error.code


def problem_for(error: MemoryLoopError) -> JsonResponse:
    """The response to a domain error. It says when to try again if that may help."""
    errors = error.errors if isinstance(error, Invalid) else None
    title = error.code.replace("-", " ").capitalize()
    code = problem_type(type(error))
    response = problem(
        status=error.status, title=title, detail=error.detail, code=code, errors=errors, extended=error.extended
    )
    if error.retry_after is not None:
        response["Retry-After"] = str(error.retry_after)
    return response
