"""`POST /mcp`: the MCP server over HTTP, stateless and with JSON responses.

It is an ASGI application in front of Django, behind the same limits. A program sends its API token as a Bearer token.
There is no OAuth metadata: clients that find some ignore a configured token.
"""

import asyncio
from collections.abc import Callable
from contextvars import Context
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.core.handlers.asgi import ASGIRequest
from django.http.request import validate_host

from accounts.errors import NotSignedIn
from accounts.models import ApiToken
from base.api.json_parser import InvalidJson
from base.api.problems import problem_for, unexpected_problem
from base.api.strict_json import NotStrictJson, parse_json
from base.errors import MemoryLoopError, TooLarge
from base.logs import context
from base.quotas.senders import remember_owner
from mcp_server.callers import admit, calling_with
from mcp_server.calls import in_thread, told
from mcp_server.errors import HttpsOnly, OnlyPost, Unexpected, WrongHost, WrongOrigin

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

PATH = "/mcp"
NO_STORE = (b"cache-control", b"no-store")

Message = Any
Scope = dict[str, Any]
Receive = Callable[[], Any]
Send = Callable[[Message], Any]
Application = Callable[[Scope, Receive, Send], Any]


class McpEndpoint:
    """An ASGI application that answers requests to `PATH`, and passes other ones on."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self._starting: asyncio.Task[StreamableHTTPSessionManager] | None = None
        self._running: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != PATH:
            await self.application(scope, receive, send)
            return
        context.bind(route="mcp")
        try:
            token = await in_thread(_admitted)(ASGIRequest(scope, BytesIO()))
            context.bind(user_id=token.owner_id)
            body = await _strict_body(receive)
            manager = await self._manager()
        except Exception as error:
            await _refuse(send, told(error))
            return
        with calling_with(lambda: token):
            await manager.handle_request(scope, _again(body, receive), _uncached(send))

    async def _manager(self) -> "StreamableHTTPSessionManager":
        """The running session manager, which the first request starts."""
        if self._starting is None or (self._running is not None and self._running.done()):
            # In a context of its own: it outlives the request.
            self._starting = asyncio.create_task(self._start(), context=Context())
        # The program may disconnect, but others wait for the same start.
        return await asyncio.shield(self._starting)

    async def _start(self) -> "StreamableHTTPSessionManager":
        manager = await in_thread(_new_manager)()
        started = asyncio.Event()
        self._running = asyncio.create_task(_run(manager, started))
        await started.wait()
        return manager


def _new_manager() -> "StreamableHTTPSessionManager":
    """Imports the library, which takes 0.7 s and 20 MB: see docs/decisions/0041."""
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

    from mcp_server.protocol import build_server

    return StreamableHTTPSessionManager(
        build_server(),
        json_response=True,
        stateless=True,
        max_request_body_size=settings.DATA_UPLOAD_MAX_MEMORY_SIZE,
    )


async def _run(manager: "StreamableHTTPSessionManager", started: asyncio.Event) -> None:
    """Until the server stops, which cancels this task."""
    async with manager.run():
        started.set()
        await asyncio.Event().wait()


def _admitted(request: ASGIRequest) -> ApiToken:
    """The token of the request. Raises a domain error if the request is refused."""
    _check_address(request)
    if request.method != "POST":
        raise OnlyPost
    token = admit(request.headers.get("Authorization", ""))
    remember_owner(request, "authorization", token.owner_id)
    return token


def _check_address(request: ASGIRequest) -> None:
    """As Django checks it. The library compares exact names, which can't say all that ALLOWED_HOSTS can."""
    try:
        request.get_host()
    except DisallowedHost:
        raise WrongHost from None
    origin = request.headers.get("Origin")
    is_ours = origin is None or validate_host(urlsplit(origin).hostname or "", settings.ALLOWED_HOSTS)
    if not is_ours and origin not in settings.CSRF_TRUSTED_ORIGINS:
        raise WrongOrigin
    if settings.SECURE_SSL_REDIRECT and not request.is_secure():
        raise HttpsOnly


async def _strict_body(receive: Receive) -> bytes:
    """The body, which the library would parse with all that Python adds to JSON. Raises TooLarge or InvalidJson."""
    body, more = bytearray(), True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise TooLarge
    try:
        parse_json(bytes(body))
    except NotStrictJson as error:
        raise InvalidJson(error.with_place()) from None
    return bytes(body)


def _again(body: bytes, receive: Receive) -> Receive:
    """A `receive` that begins with this body."""
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_again() -> Message:
        return messages.pop() if messages else await receive()

    return receive_again


def _uncached(send: Send) -> Send:
    async def send_uncached(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), NO_STORE]}
        await send(message)

    return send_uncached


async def _refuse(send: Send, error: MemoryLoopError) -> None:
    response = unexpected_problem() if isinstance(error, Unexpected) else problem_for(error)
    if isinstance(error, NotSignedIn):
        response["WWW-Authenticate"] = "Bearer"
    if isinstance(error, OnlyPost):
        response["Allow"] = "POST"
    headers = [(name.lower().encode(), value.encode()) for name, value in response.items()]
    await send({"type": "http.response.start", "status": response.status_code, "headers": [*headers, NO_STORE]})
    await send({"type": "http.response.body", "body": response.content})
