"""Each request has an id, is counted under the name of its URL, and is timed."""

import asyncio
import re
from contextlib import suppress

import pytest
from asgiref.sync import async_to_sync
from pytest_django import Settings

from base.logs import context
from base.metrics import REGISTRY
from memoryloop.body_limit import Message, Receive, Scope, Send
from memoryloop.request_monitor import RequestMonitor
from tests.memoryloop.asgi_calls import call, nothing, scope_of

STREAM = [(b"content-type", b"text/event-stream")]


def value(name: str, **labels: object) -> float:
    found = REGISTRY.get_sample_value(f"memoryloop_{name}", {key: str(value) for key, value in labels.items()})
    return found or 0.0


class Answering:
    """Binds a route as a view does, then answers."""

    def __init__(self, route: str = "", headers: list[tuple[bytes, bytes]] | None = None) -> None:
        self.route = route
        self.headers = headers or []
        self.seen: dict[str, str] = {}
        self.leave = asyncio.Event()
        self.leave.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.route:
            # Django calls views in a task of their own.
            await asyncio.create_task(asyncio.to_thread(context.bind, route=self.route))
        self.seen = context.current()
        await send({"type": "http.response.start", "status": 200, "headers": self.headers})
        await self.leave.wait()
        await send({"type": "http.response.body", "body": b""})


def test_the_response_has_the_id_of_the_log_lines() -> None:
    application = Answering()
    ids = [call(RequestMonitor(application), scope_of("/"))[1][b"x-request-id"].decode() for _ in range(2)]
    assert application.seen["request_id"] == ids[1]
    assert re.fullmatch("[0-9a-f]{16}", ids[0])
    assert ids[0] != ids[1]


@pytest.mark.parametrize(
    ("proxies", "given", "used"),
    [
        (0, b"from-anyone-0001", False),
        (1, b"from-the-proxy-0001", True),
        (1, b"short", False),
        (1, b"x" * 65, False),
        (1, b"ada@example.org", False),
        (1, b"a\nforged line", False),
    ],
)
def test_only_a_trusted_proxy_chooses_the_id(proxies: int, given: bytes, used: bool, settings: Settings) -> None:
    settings.TRUSTED_PROXIES = proxies
    scope = scope_of("/", headers=[(b"x-request-id", given)])
    _status, headers, _body = call(RequestMonitor(Answering()), scope)
    assert (headers[b"x-request-id"] == given) is used


@pytest.mark.parametrize(
    ("path", "route", "label"),
    [
        ("/chat/01a1ff3a-9f34-72f0-9225-e448972a5c08/", "chat:conversation-detail", "chat:conversation-detail"),
        ("/static/css/base.css", "", "static"),
        ("/made/up/by/a/scanner", "", "none"),
    ],
)
def test_a_request_is_counted_by_the_name_of_its_url(path: str, route: str, label: str) -> None:
    labels = {"method": "GET", "route": label}
    counted, timed = value("requests_total", **labels, status=200), value("request_seconds_count", **labels)
    call(RequestMonitor(Answering(route)), scope_of(path))
    assert value("requests_total", **labels, status=200) == counted + 1
    assert value("request_seconds_count", **labels) == timed + 1


def test_a_made_up_method_makes_no_series() -> None:
    before = value("requests_total", method="other", route="none", status=200)
    call(RequestMonitor(Answering()), scope_of("/", method="BREW"))
    assert value("requests_total", method="other", route="none", status=200) == before + 1


def test_an_exception_is_counted_as_a_500() -> None:
    async def fail(scope: Scope, receive: Receive, send: Send) -> None:
        raise ZeroDivisionError

    before = value("requests_total", method="GET", route="none", status=500)
    with pytest.raises(ZeroDivisionError):
        call(RequestMonitor(fail), scope_of("/"))
    assert value("requests_total", method="GET", route="none", status=500) == before + 1
    assert value("requests_in_progress") == 0


@async_to_sync
async def leave_early(application: Answering) -> tuple[float, float]:
    """The open streams and the requests in progress, while the client waits for the rest of the response."""
    application.leave.clear()
    begun = asyncio.Event()

    async def send(message: Message) -> None:
        begun.set()

    request = asyncio.create_task(RequestMonitor(application)(scope_of("/"), nothing, send))
    await begun.wait()
    open_now = value("streams_open"), value("requests_in_progress")
    request.cancel()
    with suppress(asyncio.CancelledError):
        await request
    return open_now


def test_a_stream_counts_as_open_until_its_reader_leaves_and_not_as_a_slow_request() -> None:
    labels = {"method": "GET", "route": "chat:message-stream"}
    timed = value("request_seconds_count", **labels)
    assert leave_early(Answering("chat:message-stream", STREAM)) == (1, 0)
    assert (value("streams_open"), value("requests_in_progress")) == (0, 0)
    assert value("request_seconds_count", **labels) == timed + 1


def test_a_request_is_in_progress_until_its_client_leaves() -> None:
    assert leave_early(Answering()) == (0, 1)
    assert value("requests_in_progress") == 0
