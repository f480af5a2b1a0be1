"""Requests and page responses. Only this module reads the headers of htmx."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django_htmx.middleware import HtmxDetails
from django_stubs_ext import StrOrPromise

if TYPE_CHECKING:
    from accounts.models import ApiToken, User


class Request(HttpRequest):
    """A signed-in user's request, as views see it after `login_required`."""

    user: "User"
    htmx: HtmxDetails


class ApiRequest(HttpRequest):
    """A request that passed the API's authentication. `token` is None if a session was used."""

    user: "User"
    token: "ApiToken | None"


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of a page. A history restore and a boosted visit get the whole page."""
    htmx = HtmxDetails(request)
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    part: str | None = None,
    status: int = 200,
) -> HttpResponse:
    """The whole page, or its named partial `part` when htmx asks for a fragment of it.

    The server chooses the partial. Pending toasts are sent along with it.
    """
    wants_part = part is not None and wants_fragment(request)
    name = f"{template}#{part}" if wants_part else template
    response = render(request, name, dict(context or {}), status=status)
    if wants_part and get_messages(request):
        response.write(render_to_string("_toasts.html", {"out_of_band": True}, request))
    patch_vary_headers(response, ["HX-Request"])
    return response


def toast(request: HttpRequest, message: StrOrPromise, *, undo: str = "") -> None:
    """Show `message` briefly on the next page or partial. A POST to the URL `undo` reverts the change."""
    messages.info(request, str(message), extra_tags=undo)
