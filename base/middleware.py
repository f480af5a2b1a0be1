"""What holds for every answer: errors in the form the asker can read, and nothing private in a cache."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from base.api.problems import problem

GetResponse = Callable[[HttpRequest], HttpResponseBase]
API = "/api/"


def api_errors(get_response: GetResponse) -> GetResponse:
    """Below /api/ no error leaves as HTML or plain text, whatever part of Django refused the request.

    It stands outermost, so that it also sees what other middleware answers: a wrong host, a body that is too large.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if not request.path.startswith(API) or response.status_code < HTTPStatus.BAD_REQUEST or _is_json(response):
            return response
        title = HTTPStatus(response.status_code).phrase
        answer = problem(status=response.status_code, title=title)
        for header in ("Allow", "Retry-After"):
            if header in response:
                answer[header] = response[header]
        answer.cookies = response.cookies
        return answer

    return middleware


def nothing_cached(get_response: GetResponse) -> GetResponse:
    """Every page here is somebody's own: a shared computer's back button must not show it after sign-out."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if "Cache-Control" not in response:
            response["Cache-Control"] = "no-store"
        return response

    return middleware


def _is_json(response: HttpResponseBase) -> bool:
    return "json" in response.headers.get("Content-Type", "")
