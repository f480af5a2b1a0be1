"""The JSON API: each app's router under /api/, one way in, one shape of error."""

import logging
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.signals import got_request_exception
from django.db import DataError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from accounts.sign_in.api_authentication import signed_in
from base.api.json_parser import StrictParser
from base.api.problems import problem, problem_for
from base.apps import project_apps
from base.errors import MemoryLoopError, TooLarge, Unavailable
from memoryloop.api_docs import ApiDocs

logger = logging.getLogger(__name__)

api = NinjaAPI(
    title="MemoryLoop",
    version="1",
    docs_url="docs",
    openapi_url="openapi.json",
    urls_namespace="api",
    auth=signed_in(),
    parser=StrictParser(),
    docs=ApiDocs(),
)


for app in project_apps():
    if module := app.submodule("api"):
        for prefix, router in module.ROUTERS.items():
            api.add_router(prefix, router)


@api.exception_handler(MemoryLoopError)
def on_domain_error(request: HttpRequest, error: MemoryLoopError) -> HttpResponse:
    return problem_for(error)


@api.exception_handler(Http404)
def on_not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem(status=404, title="Not found", detail="It is not there, or it is not yours.")


@api.exception_handler(ValidationError)
def on_invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors: dict[str, list[str]] = {}
    for entry in error.errors:
        errors.setdefault(_field(entry["loc"]), []).append(entry["msg"])
    return problem(status=422, title="Invalid", detail="Some fields are not valid.", errors=errors)


@api.exception_handler(HttpError)
def on_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    # Ninja turns whatever its parser raises into a 400; the parser's own reason is behind it.
    if isinstance(error.__cause__, MemoryLoopError):
        return problem_for(error.__cause__)
    return problem(status=error.status_code, title=str(error), detail=str(error))


@api.exception_handler(RequestDataTooBig)
def on_too_large(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return problem_for(TooLarge())


@api.exception_handler(DataError)
def on_value_out_of_range(request: HttpRequest, error: DataError) -> HttpResponse:
    """PostgreSQL could not keep a value that a schema let through: the sender's to mend, and ours to bound."""
    logger.warning("A value passed its schema and not PostgreSQL: %s %s", request.method, request.path)
    return problem(status=422, title="Invalid", detail="A value is out of range.")


@api.exception_handler(OperationalError)
def on_database_down(request: HttpRequest, error: OperationalError) -> HttpResponse:
    logger.error("PostgreSQL did not answer: %s", error)
    return problem_for(Unavailable())


@api.exception_handler(Exception)
def on_mistake_of_ours(request: HttpRequest, error: Exception) -> HttpResponse:
    """Say nothing of the inside; the log has it, and whoever listens for failed requests (tests, trackers) hears."""
    logger.exception("%s %s failed", request.method, request.path)
    got_request_exception.send(sender=None, request=request)
    return problem(status=500, title="Internal error", detail="That is a mistake of this server; it is in its log.")


def _field(place: tuple[Any, ...]) -> str:
    """Where in the request the fault is, as its sender would name it: without the source and the argument's name."""
    inner = place[2:] if place[0] == "body" else place[1:]
    return ".".join(str(part) for part in inner) or "body"
