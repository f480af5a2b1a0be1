"""Error pages: the one place that turns an exception into a page, a toast or problem+json.

The exceptions of API endpoints are handled in `base.api.error_handlers`. Requests to /api/ arrive here only when
they fail before they reach an endpoint.
"""

import logging
import sys

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError, ProgrammingError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.deprecation import MiddlewareMixin
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from psycopg.errors import InsufficientPrivilege

from base.api.problems import is_api_path, problem, problem_for, unexpected_problem
from base.errors import MemoryLoopError, NotFound, TooLarge, Unavailable
from base.http import wants_fragment
from base.logs.context import request_id
from base.logs.outages import note_outage

logger = logging.getLogger(__name__)

# What Django raises when PostgreSQL stops, restarts, is out of connections, or ends a connection.
DATABASE_DOWN = (OperationalError, InterfaceError)


class UnreadableRequest(MemoryLoopError):
    status = 400
    code = "unreadable"
    message = _("The server could not read this request. Go back, reload the page and try again.")


class Refused(MemoryLoopError):
    """PostgreSQL refused a statement. Our own checks, which come before, have a gap, or its roles lack privileges."""

    status = 403
    code = "refused-by-database"
    message = _("The database refused this, and nothing was changed. Tell the operator of this site.")


class ErrorMiddleware(MiddlewareMixin):
    """Turns a domain error or a failure of the database that a view raises into a response."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, DATABASE_DOWN):
            return database_down(request, exception)
        if is_refusal(exception):
            return refused(request, exception)
        return _response_for(request, exception) if isinstance(exception, MemoryLoopError) else None


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler400. A body that is too large is answered with 413, so that a client knows what to change."""
    too_large = isinstance(exception, RequestDataTooBig)
    return _response_for(request, TooLarge() if too_large else UnreadableRequest())


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    if is_api_path(request.path):
        return problem(status=403, title="Forbidden", detail="You may not do this.")
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _response_for(request, NotFound())


def server_error(request: HttpRequest) -> HttpResponse:
    """Uses neither the session nor the database, since either may be what failed.

    A database failure arrives here if it was raised in middleware or in an error page, not in a view.
    """
    exception = sys.exc_info()[1]
    if isinstance(exception, DATABASE_DOWN):
        return database_down(request, exception)
    logger.error("A request failed.", exc_info=exception)
    if is_api_path(request.path):
        return unexpected_problem()
    return HttpResponse(render_to_string("500.html", {"error_id": request_id()}), status=500)


def database_down(request: HttpRequest, exception: BaseException) -> HttpResponse:
    """A response with 503 that needs no database, unlike other pages, which show who is signed in."""
    if not note_outage("a request failed", exception):
        logger.error("PostgreSQL ended a statement of a request.", exc_info=exception)
    error = Unavailable()
    if is_api_path(request.path):
        return problem_for(error)
    if wants_fragment(request):
        response = _as_toast(HttpResponse(render_to_string("_toast.html", {"message": error.detail}), status=503))
    else:
        context = {"message": error.detail, "back_url": _page_of(request)}
        response = HttpResponse(render_to_string("503.html", context), status=503)
    response["Retry-After"] = str(error.retry_after)
    return response


def _page_of(request: HttpRequest) -> str:
    """The page that was asked for, or the one from which a form was sent; empty if that is not known."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    referrer = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(referrer, allowed_hosts={request.get_host()})
    return referrer if is_ours else ""


def is_refusal(exception: BaseException | None) -> bool:
    """Whether a policy of row-level security, or a missing privilege, is the reason."""
    return isinstance(exception, ProgrammingError) and isinstance(exception.__cause__, InsufficientPrivilege)


def refused(request: HttpRequest, exception: BaseException) -> HttpResponse:
    """The log names the table, and the response does not."""
    # PostgreSQL's message has no more than the name of the table, unlike the path and the statement.
    diagnostics = getattr(exception.__cause__, "diag", None)
    logger.error("PostgreSQL refused a statement of a request: %s", getattr(diagnostics, "message_primary", ""))
    return _response_for(request, Refused())


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)


def _response_for(request: HttpRequest, error: MemoryLoopError) -> HttpResponse:
    if is_api_path(request.path):
        return problem_for(error)
    response = _toast(request, error) if wants_fragment(request) else _page(request, error)
    if error.retry_after is not None:
        response["Retry-After"] = str(error.retry_after)
    return response


def _page(request: HttpRequest, error: MemoryLoopError) -> HttpResponse:
    template = "404.html" if isinstance(error, NotFound) else "error.html"
    return render(request, template, {"message": error.detail, "code": error.status}, status=error.status)


def _toast(request: HttpRequest, error: MemoryLoopError) -> HttpResponse:
    """A toast with the error message; the content of the page stays as it was."""
    return _as_toast(render(request, "_toast.html", {"message": error.detail}, status=error.status))


def _as_toast(response: HttpResponse) -> HttpResponse:
    response["HX-Retarget"], response["HX-Reswap"] = "#toasts", "beforeend"
    return response
