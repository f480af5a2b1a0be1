"""Middleware for every response: API errors as problem+json, no private page in a cache, and whose request it was."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from base.api.problems import is_api_path, problem
from base.logs import context
from base.quotas.senders import remember_owner

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def log_context(get_response: GetResponse) -> GetResponse:
    """Add to the log context what Django finds out about the request.

    The context asks the request for it later. A `process_view` would cost a change of threads in each request.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        context.bind_request(request)
        return get_response(request)

    return middleware


def api_errors(get_response: GetResponse) -> GetResponse:
    """Replace HTML and plain text errors below /api/ with problem+json.

    This is the outermost middleware, so it also sees the errors of the others: a wrong host, a body too large.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if not is_api_path(request.path) or response.status_code < HTTPStatus.BAD_REQUEST or _is_json(response):
            return response
        title = HTTPStatus(response.status_code).phrase
        answer = problem(status=response.status_code, title=title)
        for header in ("Allow", "Retry-After"):
            if header in response:
                answer[header] = response[header]
        answer.cookies = response.cookies
        return answer

    return middleware


def no_store(get_response: GetResponse) -> GetResponse:
    """Keep private pages out of caches: the back button of a shared computer must not show them after sign-out."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if "Cache-Control" not in response:
            response["Cache-Control"] = "no-store"
        return response

    return middleware


def remember_sender(get_response: GetResponse) -> GetResponse:
    """Tell the quota of requests whose session this is.

    It uses the user only if something has loaded it already, so it costs no query.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        # Where Django keeps the session's user once something has asked for `request.user`.
        user = getattr(request, "_cached_user", None)
        if user is not None and user.is_authenticated:
            remember_owner(request, "cookie", user.pk)
        return response

    return middleware


def _is_json(response: HttpResponseBase) -> bool:
    return "json" in response.headers.get("Content-Type", "")
