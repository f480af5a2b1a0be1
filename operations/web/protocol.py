"""uvicorn's HTTP protocol with limits on what any client may send: bytes and time.

Neither uvicorn nor its parser limits the headers of a request, or closes a connection that never sends one.
Decision 19 has the measurements and the alternatives.
"""

import asyncio
from http import HTTPStatus
from typing import Any, ClassVar, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from base.metrics import counter

MAX_HEAD = 64 * 1024  # bytes of the URL and the headers
MAX_COOKIES = 16 * 1024  # bytes of all Cookie headers
# Backslashes in all Cookie headers. Python before 3.11.10 and 3.12.6 takes time in proportion to the length of a cookie
# for each of them (CVE-2024-7592): 60 s for 200 KB of them, 0.01 s within both limits.
MAX_COOKIE_ESCAPES = 1000
MIN_BODY_RATE = 1000  # bytes of a body that extend its deadline by a second
RETRY_AFTER = 2  # seconds


REJECTED = counter("requests_rejected", "Requests that were rejected before they reached the application.", ["status"])


class RequestRejected(Exception):
    """The parser stops when one of its callbacks raises this."""


class LimitedProtocol(HttpToolsProtocol):
    """One connection. It answers large headers with 431, slow headers and bodies with 408, too many requests with 503.

    Of the connections that have not sent all headers of a request, only the newest `max_waiting` are kept. So half
    requests and idle connections shut nobody out. Reading a response may take as long as it likes.
    """

    deadline: ClassVar[float] = 20.0  # seconds for the headers, and for an empty body
    max_waiting: ClassVar[int] = 1000
    max_requests: ClassVar[int] = 4000
    waiting: ClassVar[dict["LimitedProtocol", None]] = {}  # in the order in which they began to wait

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._timer: asyncio.TimerHandle | None = None
        self._has_cycle = False  # uvicorn's `cycle` is None before the first request
        self._body_deadline = 0.0
        self._head = self._cookies = self._escapes = 0  # what the parser has completed
        self._incomplete = 0  # bytes since the request began, or since the last part of its body
        self._status = HTTPStatus.BAD_REQUEST

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(cast(asyncio.Transport, transport))
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._incomplete += len(data)
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._incomplete > MAX_HEAD:
            # A header, a trailer or an extension of a chunk that does not end. The parser would keep all of it.
            self._reject(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        elif self._is_idle() and self._timer is None:
            self._wait_for_head()  # empty lines between two requests, for which no callback is called

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._head = self._cookies = self._escapes = 0
        if self not in self.waiting:
            self._wait_for_head()

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        self._count(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        super().on_header(name, value)
        if name.lower() == b"cookie":
            self._cookies += len(value)
            self._escapes += value.count(b"\\")
        self._count(len(name) + len(value) + len(": \r\n"))

    def on_headers_complete(self) -> None:
        self._stop_waiting()
        self._incomplete = 0
        if self._get_upgrade() == b"websocket":
            raise RequestRejected
        if len(self.tasks) >= self.max_requests:
            self._status = HTTPStatus.SERVICE_UNAVAILABLE
            raise RequestRejected
        super().on_headers_complete()
        self._has_cycle = True
        self._body_deadline = self.loop.time() + self.deadline
        self._timer = self.loop.call_at(self._body_deadline, self._check_body)

    def on_body(self, body: bytes) -> None:
        self._incomplete = 0
        self._body_deadline += len(body) / MIN_BODY_RATE
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._incomplete = 0
        self._cancel_timer()
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """uvicorn calls this when the parser has stopped, also when a callback above stopped it."""
        self._reject(self._status)

    def _unsupported_upgrade_warning(self) -> None:
        """The request is answered as if it had not offered an upgrade, for example to HTTP/2. That needs no warning."""

    def _count(self, size: int) -> None:
        self._head += size
        if self._head > MAX_HEAD or self._cookies > MAX_COOKIES or self._escapes > MAX_COOKIE_ESCAPES:
            self._status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
            raise RequestRejected

    def _is_idle(self) -> bool:
        return not self._has_cycle or self.cycle.response_complete

    def _wait_for_head(self) -> None:
        self._cancel_timer()
        self._timer = self.loop.call_later(self.deadline, self._head_is_late)
        self.waiting[self] = None
        if len(self.waiting) > self.max_waiting:
            oldest = next(iter(self.waiting))
            oldest._stop_waiting()
            oldest.transport.close()

    def _stop_waiting(self) -> None:
        self.waiting.pop(self, None)
        self._cancel_timer()

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _head_is_late(self) -> None:
        if self._incomplete and self._is_idle():
            self._reject(HTTPStatus.REQUEST_TIMEOUT)
        else:
            self.transport.close()

    def _check_body(self) -> None:
        if self.flow.read_paused or self.cycle.waiting_for_100_continue:
            # The application is slow, not the client.
            self._body_deadline = self.loop.time() + self.deadline
        if self.loop.time() < self._body_deadline:
            self._timer = self.loop.call_at(self._body_deadline, self._check_body)
        elif self.cycle.response_started:
            self.transport.close()
        else:
            self._reject(HTTPStatus.REQUEST_TIMEOUT)

    def _reject(self, status: HTTPStatus) -> None:
        self._stop_waiting()
        lines = [f"HTTP/1.1 {status} {status.phrase}", "Content-Type: text/plain", "Connection: close"]
        if status == HTTPStatus.SERVICE_UNAVAILABLE:
            lines.append(f"Retry-After: {RETRY_AFTER}")
        lines.append(f"Content-Length: {len(status.phrase)}")
        self.transport.write("\r\n".join([*lines, "", status.phrase]).encode())
        self.transport.close()
        REJECTED.labels(int(status)).inc()
        self.logger.info("A request was rejected: %s %s", status, status.phrase)
