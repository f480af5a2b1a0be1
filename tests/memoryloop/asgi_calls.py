"""Calls of an ASGI application, without a server."""

from collections.abc import Iterable
from typing import Any

from asgiref.sync import async_to_sync

from memoryloop.body_limit import Application, Message

Header = tuple[bytes, bytes]


async def nothing() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


def scope_of(path: str, *, method: str = "GET", headers: Iterable[Header] = (), client: str = "127.0.0.1") -> Any:
    return {"type": "http", "method": method, "path": path, "headers": list(headers), "client": (client, 5000)}


@async_to_sync
async def call(application: Application, scope: Any) -> tuple[int, dict[bytes, bytes], bytes]:
    """The status, the headers and the body of the response."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    await application(scope, nothing, send)
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return sent[0]["status"], dict(sent[0]["headers"]), body
