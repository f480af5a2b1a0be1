"""The exceptions of API endpoints as problem+json. Those of pages are in `base.error_handlers`."""

import logging
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.signals import got_request_exception
from django.db import DataError, ProgrammingError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from base.api.problems import InvalidRequest, problem, problem_for, unexpected_problem
from base.error_handlers import DATABASE_DOWN, database_down, is_refusal, refused
from base.errors import MemoryLoopError, NotFound, TooLarge

logger = logging.getLogger(__name__)


def add_error_handlers(api: NinjaAPI) -> None:
    api.exception_handler(MemoryLoopError)(domain_error)
    api.exception_handler(Http404)(not_found)
    api.exception_handler(ValidationError)(invalid)
    api.exception_handler(HttpError)(http_error)
    api.exception_handler(RequestDataTooBig)(too_large)
    api.exception_handler(DataError)(out_of_range)
    api.exception_handler(ProgrammingError)(refused_or_unexpected)
    for error in DATABASE_DOWN:
        api.exception_handler(error)(database_down)
    api.exception_handler(Exception)(unexpected)


def domain_error(request: HttpRequest, error: MemoryLoopError) -> HttpResponse:
    return problem_for(error)


def not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem_for(NotFound())


def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors: dict[str, list[str]] = {}
    for entry in error.errors:
        errors.setdefault(_field_name(entry["loc"]), []).append(entry["msg"])
    return problem(status=422, title="Invalid", detail=str(InvalidRequest.message), errors=errors)


def http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    # Ninja turns every exception of its parser into a 400 and keeps the original as the cause.
    if isinstance(error.__cause__, MemoryLoopError):
        return problem_for(error.__cause__)
    return problem(status=error.status_code, title=str(error), detail=str(error))


def too_large(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return problem_for(TooLarge())


def out_of_range(request: HttpRequest, error: DataError) -> HttpResponse:
    """PostgreSQL rejected a value. The sender can correct it, but the API schema should have rejected it first."""
    logger.warning("PostgreSQL rejected a value that the API schema allows.", exc_info=error)
    return problem(status=422, title="Invalid", detail="A value is out of range.")


def refused_or_unexpected(request: HttpRequest, error: ProgrammingError) -> HttpResponse:
    return refused(request, error) if is_refusal(error) else unexpected(request, error)


def unexpected(request: HttpRequest, error: Exception) -> HttpResponse:
    """Answer without details, which are in the log, and send Django's signal for error trackers and tests."""
    logger.error("A request to the API failed.", exc_info=error)
    got_request_exception.send(sender=None, request=request)
    return unexpected_problem()


def _field_name(location: tuple[Any, ...]) -> str:
    """The field as the sender knows it, without pydantic's source and argument name: `body.payload.name` → `name`."""
    path = location[2:] if location[0] == "body" else location[1:]
    return ".".join(str(part) for part in path) or "body"
