"""Server-sent events: their format, and the response that streams them."""

import json
import re
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, StreamingHttpResponse

from base.connections import release_connection
from base.postgresql.acting import KeepActing
from base.quotas.slots import STREAMS, Slot

# Not `splitlines`: a form feed or U+2028 ends a line for Python, but not in this format.
_NEWLINE = re.compile("\r\n|\r|\n")

KEEP_ALIVE = ": \n\n"  # a comment; proxies close a connection without traffic
# The response in the OpenAPI document, which knows no schema of events.
DOCUMENTATION: Final[dict[str, Any]] = {
    "parameters": [
        {
            "in": "header",
            "name": "Last-Event-ID",
            "description": "The id of the last event received; the stream goes on after it.",
            "schema": {"type": "string"},
            "required": False,
        }
    ],
    "responses": {200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
}
RETRY = "retry: 1000\n\n"  # milliseconds until a browser reconnects


def event(name: str, data: str, position: int | None = None) -> str:
    """One event. `position` becomes its id, which a reader sends back in order to resume after this event."""
    lines = "".join(f"data: {line}\n" for line in _NEWLINE.split(data))
    number = "" if position is None else f"id: {position}\n"
    return f"{number}event: {name}\n{lines}\n"


def json_event(name: str, data: Mapping[str, Any], position: int) -> str:
    return event(name, json.dumps(data, cls=DjangoJSONEncoder), position)


def resume_position(request: HttpRequest) -> int:
    """The position after which the reader wants to resume: its last event's id, or `?after=`; 0 without a valid one."""
    position = request.headers.get("Last-Event-ID") or request.GET.get("after", "")
    return min(int(position), 10**9) if position.isascii() and position.isdigit() and len(position) < 12 else 0


class _CountedEvents:
    """The events of a stream. Django calls `close` when it has been sent, or the reader has gone."""

    def __init__(self, events: AsyncIterator[str], slot: Slot) -> None:
        self._events = KeepActing(events)
        self.close = slot.release

    def __aiter__(self) -> AsyncIterator[str]:
        return self._events


def stream_response(events: AsyncIterator[str], *, reader: UUID) -> StreamingHttpResponse:
    """A response that sends each event as it comes; its headers turn off the buffers of proxies.

    `reader` is the id of the user whose stream it is. Raises TooManyStreams.
    """
    counted = _CountedEvents(events, STREAMS.take(reader, limit=settings.STREAMS_AT_ONCE))
    release_connection()  # otherwise Django keeps the connection until the last event
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingHttpResponse(counted, content_type="text/event-stream", headers=headers)
