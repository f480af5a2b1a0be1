"""The ids that each log line carries: those of the request, the user, the conversation, the run.

They belong to a request or a task and follow it into the threads that asgiref starts for it.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")


@dataclass
class LogContext:
    """The ids of one request or task. `later` gives those that are known only when a line is written."""

    ids: dict[str, str] = field(default_factory=dict)
    later: Callable[[], dict[str, str]] = dict

    def current(self) -> dict[str, str]:
        return self.ids | self.later()


# One mutable object for each request: Django handles it in tasks and threads of its own, and `RequestMonitor`, which
# began the context, reads what they have added.
_context: ContextVar[LogContext | None] = ContextVar("log_context", default=None)


def begin(**ids: str) -> LogContext:
    """Begin the context of a request or a task, without the ids of the one before."""
    context = LogContext({name: value for name, value in ids.items() if value})
    _context.set(context)
    return context


def bind(**ids: object) -> None:
    """Add ids to the request or task that is running. Outside of both there is nothing to add them to."""
    if context := _context.get():
        context.ids.update((name, str(value)) for name, value in ids.items())


def bind_request(request: HttpRequest) -> None:
    """Add the ids that Django will find out: the route, the rows in the path, the user."""
    if context := _context.get():
        context.later = partial(_ids_of, request)


@contextmanager
def bound(**ids: object) -> Iterator[None]:
    """Add ids while the block runs."""
    outer = _context.get() or LogContext()
    more = {name: str(value) for name, value in ids.items()}
    token = _context.set(LogContext(outer.ids | more, outer.later))
    try:
        yield
    finally:
        _context.reset(token)


def current() -> dict[str, str]:
    """The ids of the request or task that is running, by name."""
    context = _context.get()
    return context.current() if context else {}


def request_id() -> str:
    """The id of the request that is running, or that sent the task; empty outside of both."""
    context = _context.get()
    return context.ids.get("request_id", "") if context else ""


def fields(**values: Any) -> dict[str, Any]:
    """The `extra` argument of a logging call: `logger.info("…", extra=fields(table="messages"))`."""
    return {"fields": {name: str(value) for name, value in values.items()}}


def _ids_of(request: HttpRequest) -> dict[str, str]:
    ids = {"route": route_of(request), "user_id": known_user_id(request)}
    arguments = request.resolver_match.kwargs if request.resolver_match else {}
    ids |= {name: str(value) for name, value in arguments.items() if _UUID.fullmatch(str(value))}
    return {name: value for name, value in ids.items() if value}


def known_user_id(request: HttpRequest) -> str:
    """The id of the request's user, if something has loaded it. A log line must not cause a query."""
    attributes = vars(request)
    # A token's user replaces that of the session, which may be anonymous. `isinstance` would load a lazy user.
    users = [attributes.get(name) for name in ("user", "_cached_user")]
    loaded = [user for user in users if user is not None and type(user) is not SimpleLazyObject]
    return str(loaded[0].pk or "") if loaded else ""


def route_of(request: HttpRequest) -> str:
    """The name of the URL pattern; the pattern itself below /api/, where methods share a name."""
    match = request.resolver_match
    if match is None:
        return ""
    return _path_of(match.route) if match.namespace == "api" else match.view_name


@cache
def _path_of(route: str) -> str:
    """`api/chat/messages/<uuidstr:message_id>` as the OpenAPI document writes it."""
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", f"/{route}")
