"""Static files, as the web server sends them. A warning, such as that a file can't be streamed, fails a test."""

import asyncio
from pathlib import Path

import pytest
from asgiref.sync import async_to_sync
from django.core.asgi import get_asgi_application
from pytest_django import Settings

from memoryloop.body_limit import Message
from tests.memoryloop.asgi_calls import Header, nothing, scope_of

CONTENT = b"body { margin: 0 }"


@pytest.fixture
def style_sheet(settings: Settings, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    (tmp_path / "style.css").write_bytes(CONTENT)


@async_to_sync
async def get(*headers: Header, method: str = "GET") -> tuple[int, dict[bytes, bytes], bytes]:
    """The status, the headers and the body of the response."""
    sent: list[Message] = []
    requests = [await nothing()]

    async def receive() -> Message:
        if not requests:
            await asyncio.Event().wait()  # the client stays
        return requests.pop()

    async def send(message: Message) -> None:
        sent.append(message)

    scope = scope_of("/static/style.css", method=method, headers=[(b"host", b"localhost"), *headers])
    await get_asgi_application()({**scope, "scheme": "http", "query_string": b""}, receive, send)
    return sent[0]["status"], dict(sent[0]["headers"]), b"".join(message["body"] for message in sent[1:])


@pytest.mark.usefixtures("style_sheet")
def test_a_file_is_sent_with_its_type_and_may_be_cached() -> None:
    status, headers, body = get()
    assert (status, body) == (200, CONTENT)
    assert headers[b"Content-Type"] == b'text/css; charset="utf-8"'
    assert headers[b"Content-Length"] == str(len(CONTENT)).encode()
    assert headers[b"Cache-Control"] == b"max-age=3600, public"


@pytest.mark.usefixtures("style_sheet")
def test_only_the_headers_are_sent_for_head() -> None:
    status, headers, body = get(method="HEAD")
    assert (status, headers[b"Content-Length"], body) == (200, str(len(CONTENT)).encode(), b"")


@pytest.mark.usefixtures("style_sheet")
def test_a_part_of_a_file_is_sent() -> None:
    status, headers, body = get((b"range", b"bytes=0-3"))
    assert (status, headers[b"Content-Length"], body) == (206, b"4", b"body")


@pytest.mark.usefixtures("style_sheet")
def test_a_file_that_the_client_has_is_not_sent_again() -> None:
    tag = get()[1][b"ETag"]
    status, headers, body = get((b"if-none-match", tag))
    assert (status, body, b"Content-Type" in headers) == (304, b"", False)
