"""The JSON API: each app's router under /api/, one way in, one shape of error."""

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from accounts.api import router as accounts
from accounts.authentication import signed_in
from memoryloop.errors import MemoryLoopError
from memoryloop.rest import problem, problem_for

api = NinjaAPI(
    title="MemoryLoop",
    version="1",
    docs_url="docs",
    openapi_url="openapi.json",
    urls_namespace="api",
    auth=signed_in(),
)


api.add_router("/auth", accounts)


@api.exception_handler(MemoryLoopError)
def on_domain_error(request: HttpRequest, error: MemoryLoopError) -> HttpResponse:
    return problem_for(error)


@api.exception_handler(Http404)
def on_not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem(status=404, title="Not found", detail="It is not there, or it is not yours.")


@api.exception_handler(AuthenticationError)
def on_not_signed_in(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return problem(status=401, title="Not signed in", detail="Sign in, or send an API token as a Bearer token.")


@api.exception_handler(ValidationError)
def on_invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors: dict[str, list[str]] = {}
    for entry in error.errors:
        field = ".".join(str(part) for part in entry["loc"][1:] if part != "payload") or "body"
        errors.setdefault(field, []).append(entry["msg"])
    return problem(status=422, title="Invalid", detail="Some fields are not valid.", errors=errors)


@api.exception_handler(HttpError)
def on_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem(status=error.status_code, title=str(error), detail=str(error))
