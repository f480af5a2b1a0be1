"""Middleware for every response: API errors as problem+json, no private page in a cache, and whose request it was."""

import re
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from base.api.problems import is_api_path, problem
from base.logs import context
from base.quotas.senders import remember_owner

GetResponse = Callable[[HttpRequest], HttpResponseBase]

_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")


class LogContextMiddleware:
    """Adds to the log context what the URL says: the name of its pattern, the ids in it, and later the user."""

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, arguments: object, ids: dict[str, Any]) -> None:
        uuids = {name: value for name, value in ids.items() if _UUID.fullmatch(str(value))}
        context.bind(route=context.route_of(request), user_id=partial(context.known_user_id, request), **uuids)


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
