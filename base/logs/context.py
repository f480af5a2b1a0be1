"""The ids that each log line carries: those of the request, the user, the conversation, the run.

They belong to a request or a task and follow it into the threads that asgiref starts for it.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

# A function is called for each line. Empty values are left out.
Values = dict[str, "str | Callable[[], str]"]

# One mutable mapping for each request: a view binds ids in a task of its own, and `RequestMonitor` reads them.
_context: ContextVar[Values | None] = ContextVar("log_context", default=None)


def begin(**ids: str) -> Values:
    """Begin the context of a request or a task, without the ids of the one before."""
    values: Values = {**ids}
    _context.set(values)
    return values


def bind(**ids: object) -> None:
    """Add ids to the request or task that is running. Outside of both there is nothing to add them to."""
    values = _context.get()
    if values is None:
        return
    for name, value in ids.items():
        values[name] = value if callable(value) else str(value)


@contextmanager
def bound(**ids: object) -> Iterator[None]:
    """Add ids while the block runs."""
    token = _context.set({**(_context.get() or {}), **{name: str(value) for name, value in ids.items()}})
    try:
        yield
    finally:
        _context.reset(token)


def current() -> dict[str, str]:
    """The ids of the request or task that is running, by name."""
    found = (_context.get() or {}).items()
    values = {name: value if isinstance(value, str) else value() for name, value in found}
    return {name: value for name, value in values.items() if value}


def request_id() -> str:
    """The id of the request that is running, or that sent the task; empty outside of both."""
    return current().get("request_id", "")


def known_user_id(request: HttpRequest) -> str:
    """The id of the request's user, if something has loaded it. A log line must not cause a query."""
    attributes = vars(request)
    user = attributes.get("_cached_user") or attributes.get("user")
    return "" if user is None or type(user) is SimpleLazyObject else str(user.pk or "")


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


def fields(**values: Any) -> dict[str, Any]:
    """The `extra` argument of a logging call: `logger.info("…", extra=fields(table="messages"))`."""
    return {"fields": {name: str(value) for name, value in values.items()}}
