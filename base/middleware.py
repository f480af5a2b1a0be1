"""Middleware for every response: API errors as problem+json, no private page in a cache, and whose request it is."""

from collections.abc import Callable
from http import HTTPStatus
from uuid import UUID

from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from base.api.problems import is_api_path, problem
from base.logs import context
from base.postgresql.acting import acting_for
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


def act_for_user(get_response: GetResponse) -> GetResponse:
    """Act for the user who is signed in, and otherwise for nobody, while the request is answered.

    The session names the user, but only its hash, which is made with the user's password, proves that it is valid.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        with acting_for(_named_user(request)):
            # Read here, because the row is visible only while acting for the user.
            user = request.user
            is_user = user.is_authenticated
        with acting_for(user.pk if is_user else None):
            return get_response(request)

    return middleware


def _named_user(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.session[SESSION_KEY])
    except (KeyError, ValueError):
        return None


def _is_json(response: HttpResponseBase) -> bool:
    return "json" in response.headers.get("Content-Type", "")
