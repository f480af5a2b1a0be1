"""A limit on the requests of one user that are in progress: their many connections must not hold up other users.

It works before Django, where a waiting request costs next to nothing. A quota checked after authentication would come
too late: by then a request has its thread and its connection, and other users wait for these.
"""

import asyncio
from collections import Counter
from time import monotonic

from base.api.problems import is_api_path, problem_for
from base.quotas.senders import senders_of
from base.quotas.slots import TooManyRequests
from memoryloop.body_limit import Application, Message, Receive, Scope, Send

# Seconds that a request waits for a free place. A browser that opens many tabs then never sees a 429, and a program
# that ignores `Retry-After` is slowed down.
PATIENCE = 2.0
CHECK_EVERY = 0.05


class RequestQuota:
    """An ASGI application that lets `limit` requests with one user's credentials in at a time.

    The others wait, and get 429 after `patience` seconds. Requests without credentials do not count. A stream counts
    until its response begins; then `base.sse` counts it.
    """

    def __init__(self, application: Application, limit: int, *, patience: float = PATIENCE) -> None:
        self.application = application
        self.patience = patience
        self.limit = limit
        # Only the event loop changes it, so it needs no lock.
        self._running: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        senders = senders_of(scope["headers"]) if scope["type"] == "http" else set()
        if not await self._has_room(senders):
            await _refuse(scope, send)
            return
        counted = set(senders)
        self._running.update(counted)

        async def send_and_release(message: Message) -> None:
            if begins_stream(message):
                self._release(counted)
            await send(message)

        try:
            await self.application(scope, receive, send_and_release)
        finally:
            self._release(counted)

    async def _has_room(self, senders: set[str]) -> bool:
        until = monotonic() + self.patience
        while any(self._running[sender] >= self.limit for sender in senders):
            if monotonic() >= until:
                return False
            await asyncio.sleep(CHECK_EVERY)
        return True

    def _release(self, counted: set[str]) -> None:
        while counted:
            sender = counted.pop()
            self._running[sender] -= 1
            if not self._running[sender]:
                del self._running[sender]


def begins_stream(message: Message) -> bool:
    return any(
        name.lower() == b"content-type" and value.startswith(b"text/event-stream")
        for name, value in message.get("headers", ())
    )


async def _refuse(scope: Scope, send: Send) -> None:
    """Problem+json for programs, and the error message alone for browsers: a page would cost a query."""
    error = TooManyRequests(retry_after=5)
    body, kind = str(error.detail).encode(), b"text/plain; charset=utf-8"
    if is_api_path(scope["path"]):
        body, kind = problem_for(error).content, b"application/problem+json"
    headers = [(b"content-type", kind), (b"retry-after", b"5"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": error.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
