"""One call of a program: who may make it, for whom it acts, how it ends, and what is recorded of it."""

import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from math import isfinite
from time import perf_counter
from typing import ParamSpec, TypeVar

from asgiref.sync import sync_to_async
from django.db import DataError
from django.utils.translation import gettext as _
from pydantic import BaseModel, ValidationError

from accounts.errors import ScopeMissing
from accounts.models import ApiToken, Scope, User
from base.connections import release_connection
from base.error_handlers import DATABASE_DOWN, Refused, is_refusal
from base.errors import Invalid, MemoryLoopError, Unavailable
from base.logs.context import fields
from base.logs.outages import note_outage
from base.postgresql.acting import acting_for
from base.text import storable
from mcp_server.callers import current_token
from mcp_server.errors import BadArguments, Unexpected
from mcp_server.metrics import CALLS, SECONDS

logger = logging.getLogger(__name__)

MAX_MESSAGES = 10  # about arguments that are not valid
# Threads of our own: the event loop's are few, and the metrics and the health checks wait for them.
_threads = ThreadPoolExecutor(max_workers=16, thread_name_prefix="mcp")

P = ParamSpec("P")
Result = TypeVar("Result")
Model = TypeVar("Model", bound=BaseModel)


class CallFailed(Exception):
    """A call that failed, with the message for the program. `is_callers`: it can call again with something else."""

    def __init__(self, error: MemoryLoopError) -> None:
        super().__init__(_message_of(error))
        self.is_callers = error.status < HTTPStatus.INTERNAL_SERVER_ERROR


def in_thread(function: Callable[P, Result]) -> "Callable[P, Awaitable[Result]]":
    """The function as a coroutine that runs it in a thread, and then returns the thread's connection to the pool."""

    def released(*args: P.args, **kwargs: P.kwargs) -> Result:
        try:
            return function(*args, **kwargs)
        finally:
            release_connection()

    return sync_to_async(released, thread_sensitive=False, executor=_threads)


def perform(kind: str, name: str, scope: Scope, work: Callable[[User], Result]) -> Result:
    """Do the work for the caller, whose token needs the scope. Raises CallFailed.

    `kind` and `name` say what is called, in the log and in the metrics: never what a program has sent.
    """
    began, outcome, token_id = perf_counter(), "ok", ""
    try:
        token = current_token()
        token_id = str(token.pk)
        _check_scope(token, scope)
        with acting_for(token.owner_id):
            return work(token.owner)
    except Exception as error:
        domain_error = told(error)
        outcome = domain_error.code
        raise CallFailed(domain_error) from error
    finally:
        seconds = perf_counter() - began
        CALLS.labels(kind, name, outcome).inc()
        SECONDS.labels(kind, name).observe(seconds)
        ids = fields(token_id=token_id, kind=kind, name=name, outcome=outcome, ms=round(seconds * 1000))
        logger.info("A program made a call.", extra=ids)


def _check_scope(token: ApiToken, scope: Scope) -> None:
    if scope not in token.scopes:
        raise ScopeMissing


def validated(model: type[Model], arguments: object) -> Model:
    """The arguments as the model has them. Raises BadArguments with a message for each that is not valid."""
    _check_values(arguments)
    try:
        return model.model_validate(arguments)
    except ValidationError as error:
        # Without what was sent: it may be long, and the program knows it.
        found = [f"{'.'.join(map(str, one['loc'])) or 'arguments'}: {one['msg']}" for one in error.errors()]
        raise BadArguments("; ".join(found[:MAX_MESSAGES])) from None


def _check_values(arguments: object) -> None:
    """Raises BadArguments for what PostgreSQL can't store. Python's JSON parser accepts it."""
    unchecked = [arguments]
    while unchecked:
        value = unchecked.pop()
        if isinstance(value, dict):
            unchecked += [*value.keys(), *value.values()]
        elif isinstance(value, list):
            unchecked += value
        elif not _can_be_stored(value):
            raise BadArguments(_("The arguments have NUL, half a surrogate pair, NaN or an infinite number."))


def _can_be_stored(value: object) -> bool:
    if isinstance(value, str):
        return storable(value) == value
    return not isinstance(value, float) or isfinite(value)


def _message_of(error: MemoryLoopError) -> str:
    """The error's message, with those of its fields and the rows that it shows."""
    if isinstance(error, Invalid):
        return " ".join(f"{field}: {' '.join(messages)}" for field, messages in error.errors.items())
    return f"{error.detail}\n{error.extended.model_dump_json()}" if error.extended else error.detail


def told(error: Exception) -> MemoryLoopError:
    """The error that a program is told of. What is not the program's fault is logged."""
    if isinstance(error, MemoryLoopError):
        return error
    if isinstance(error, DATABASE_DOWN):
        if not note_outage("the call of a program failed", error):
            logger.error("PostgreSQL ended a statement of a call.", exc_info=error)
        return Unavailable()
    if isinstance(error, DataError):
        logger.warning("PostgreSQL rejected a value that the schema of a tool allows.", exc_info=error)
        return BadArguments(_("A value is out of range."))
    if is_refusal(error):
        logger.error("PostgreSQL refused a statement of a call.", exc_info=error)
        return Refused()
    logger.error("The call of a program failed.", exc_info=error)
    return Unexpected()
