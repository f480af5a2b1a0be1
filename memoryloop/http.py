"""Requests and pages: the one place that knows whether htmx is asking."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django_htmx.middleware import HtmxDetails

if TYPE_CHECKING:
    from accounts.models import User


class Request(HttpRequest):
    """A signed-in person's request, as the views see it after `login_required`."""

    user: "User"
    htmx: HtmxDetails


def page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    part: str | None = None,
    status: int = 200,
) -> HttpResponse:
    """The whole page, or its named partial `part` when htmx asks for a piece of it.

    The server chooses the partial. A history restore and a boosted visit want the whole page.
    Toasts that wait come along beside the partial.
    """
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]  # django-htmx adds it; a plain HttpRequest has no such field
    wants_part = part is not None and bool(htmx) and not htmx.boosted and not htmx.history_restore_request
    name = f"{template}#{part}" if wants_part else template
    response = render(request, name, dict(context or {}), status=status)
    if wants_part and get_messages(request):
        response.write(render_to_string("_toasts.html", {"beside_a_part": True}, request))
    patch_vary_headers(response, ["HX-Request"])
    return response
