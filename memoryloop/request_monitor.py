"""An id, the counters and the time of each request.

It is the outermost application, so it also counts what is refused before Django. Middleware of Django would cost more,
and would not see the end of a stream.
"""

import logging
import re
import secrets
from time import perf_counter

from django.conf import settings

from base.logs import context
from base.metrics import counter, gauge, histogram
from memoryloop.body_limit import Application, Message, Receive, Scope, Send
from memoryloop.request_quota import begins_stream

logger = logging.getLogger(__name__)

REQUEST_ID = b"x-request-id"
_WELL_FORMED = re.compile(rb"[A-Za-z0-9._-]{8,64}")
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
CLIENT_LEFT = 499  # the status in metrics when the client closed the connection before the response began

REQUESTS = counter("requests", "HTTP requests that have been answered.", ["method", "route", "status"])
SECONDS = histogram("request_seconds", "Time to the end of a response; of a stream, to its start.", ["method", "route"])
IN_PROGRESS = gauge("requests_in_progress", "HTTP requests that are being answered, without streams.")
STREAMS = gauge("streams_open", "Streams of server-sent events that are open.")


class RequestMonitor:
    """An ASGI application that gives each request an id, and counts and times it."""

    def __init__(self, application: Application) -> None:
        self.application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.application(scope, receive, send)
            return
        request = _Observed(scope)

        async def send_with_id(message: Message) -> None:
            await send(request.seen(message))

        try:
            await self.application(scope, receive, send_with_id)
        except Exception:
            request.status = request.status or 500
            raise
        finally:
            request.end()


class _Observed:
    """One request, from its first byte to the last one of its response."""

    def __init__(self, scope: Scope) -> None:
        self.id = request_id_of(scope)
        self.context = context.begin(request_id=self.id)
        self.path: str = scope["path"]
        self.method = scope["method"] if scope["method"] in _METHODS else "other"
        self.began = perf_counter()
        self.status = 0
        self.is_stream = False
        IN_PROGRESS.inc()

    def seen(self, message: Message) -> Message:
        """The message of the response; its first one gets the id as a header."""
        if message["type"] != "http.response.start":
            return message
        self.status = message["status"]
        if begins_stream(message):
            self.is_stream = True
            self._record()
            STREAMS.inc()
        return {**message, "headers": [*message.get("headers", ()), (REQUEST_ID, self.id.encode())]}

    def end(self) -> None:
        if self.is_stream:
            STREAMS.dec()
        else:
            self._record()

    def _record(self) -> None:
        IN_PROGRESS.dec()
        seconds, status = perf_counter() - self.began, self.status or CLIENT_LEFT
        route = self._route()
        REQUESTS.labels(self.method, route, status).inc()
        SECONDS.labels(self.method, route).observe(seconds)
        logger.debug("%s %s: %s after %.1f ms", self.method, route, status, seconds * 1000)

    def _route(self) -> str:
        """The name of the URL pattern. Never the path, which has ids and would make endless series."""
        if route := self.context.current().get("route"):
            return route
        return "static" if self.path.startswith(settings.STATIC_URL) else "none"


def request_id_of(scope: Scope) -> str:
    """The id that a trusted proxy has given the request, or a new one."""
    if settings.TRUSTED_PROXIES:
        given: bytes = dict(scope["headers"]).get(REQUEST_ID, b"")
        if _WELL_FORMED.fullmatch(given):
            return given.decode()
    return secrets.token_hex(8)
