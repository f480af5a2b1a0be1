"""Server-sent events: how they are written down, and the response that carries them."""

import json
import re
from collections.abc import AsyncIterator, Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, StreamingHttpResponse

from base.connections import release_connection

# A form feed or U+2028 ends a line for Python, not for this format.
_NEWLINE = re.compile("\r\n|\r|\n")

BEAT = ": \n\n"  # a comment keeps proxies from closing a silent connection
RETRY = "retry: 1000\n\n"


def event(name: str, data: str, position: int | None = None) -> str:
    """One event; `position` becomes its id, that a reader sends back to go on from there."""
    lines = "".join(f"data: {line}\n" for line in _NEWLINE.split(data))
    number = "" if position is None else f"id: {position}\n"
    return f"{number}event: {name}\n{lines}\n"


def json_event(name: str, data: Mapping[str, Any], position: int) -> str:
    return event(name, json.dumps(data, cls=DjangoJSONEncoder), position)


def position_of(request: HttpRequest) -> int:
    """Where a reader that comes back wants to go on: its last event's id, or `?after=`; else the beginning."""
    given = request.headers.get("Last-Event-ID") or request.GET.get("after", "")
    return min(int(given), 10**9) if given.isascii() and given.isdigit() and len(given) < 12 else 0


def stream_response(events: AsyncIterator[str]) -> StreamingHttpResponse:
    """The events as they come, past every buffer between us and the reader."""
    release_connection()  # Django would keep this request's connection until the last event
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingHttpResponse(events, content_type="text/event-stream", headers=headers)
