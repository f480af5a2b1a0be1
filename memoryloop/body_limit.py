"""A limit on the size of request bodies. Django itself would write an endless body to disk."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from base.api.problems import problem_for
from base.errors import TooLarge

Message = Mapping[str, Any]
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class BodyLimit:
    """An ASGI application that rejects a body of more than `limit` bytes with 413, even without Content-Length."""

    def __init__(self, application: Application, limit: int) -> None:
        self.application = application
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.application(scope, receive, send)
        elif self._content_length(scope) > self.limit:
            await _reject(send)
        else:
            try:
                await self.application(scope, self._limited(receive), send)
            except TooLarge:
                await _reject(send)

    def _content_length(self, scope: Scope) -> int:
        length: bytes = dict(scope["headers"]).get(b"content-length", b"")
        return int(length) if length.isdigit() else 0

    def _limited(self, receive: Receive) -> Receive:
        remaining = self.limit

        async def receive_limited() -> Message:
            nonlocal remaining
            message = await receive()
            remaining -= len(message.get("body", b""))
            if remaining < 0:
                raise TooLarge
            return message

        return receive_limited


async def _reject(send: Send) -> None:
    response = problem_for(TooLarge())
    headers = [(name.lower().encode(), value.encode()) for name, value in response.items()]
    await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
    await send({"type": "http.response.body", "body": response.content})
