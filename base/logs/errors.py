"""Exceptions as logs show them: where they were raised, but not what they quote.

A message may quote a value: PostgreSQL names the row that violates a constraint, `int()` the text that is no number. So
only the messages of the classes below are logged. They name parts of the program or of the system.
"""

import logging
import re
import threading
from collections.abc import Iterator
from traceback import format_tb

from django.conf import settings
from django.core.exceptions import DisallowedHost, ImproperlyConfigured
from django.db import DatabaseError, InterfaceError, OperationalError
from kombu.exceptions import OperationalError as BrokerError
from redis import ConnectionError as ValkeyConnectionError
from redis import RedisError
from redis import TimeoutError as ValkeyTimeout

from base.errors import MemoryLoopError

logger = logging.getLogger(__name__)

_CODE_ERRORS = (AttributeError, ImportError, NameError, NotImplementedError, RecursionError, TypeError)
_SYSTEM_ERRORS = (BrokerError, DisallowedHost, ImproperlyConfigured, InterfaceError, RedisError)

# Classes of SQLSTATE: connection, resources (connections, disk, memory), shutdown and crash, and errors of files.
_OUTAGE_STATES = ("08", "53", "57P", "58")
_MAX_CHAIN = 5  # exceptions of one chain of causes
_MAX_MESSAGE = 500  # characters
_LANCE_ERROR = re.compile(r"lance ?error", re.IGNORECASE)
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|`[^`]*`")


def is_outage(error: BaseException | None) -> bool:
    """Whether PostgreSQL or Valkey did not answer. It is an error of the server, not of what was being done."""
    if isinstance(error, OperationalError | InterfaceError):
        state = getattr(error.__cause__, "sqlstate", None)
        return state is None or state.startswith(_OUTAGE_STATES)
    return isinstance(error, BrokerError | ValkeyConnectionError | ValkeyTimeout)


def needs_trace(error: BaseException) -> bool:
    """False if the message says everything: which server is down, or which name may be missing in ALLOWED_HOSTS."""
    return not (is_outage(error) or isinstance(error, DisallowedHost))


def describe(error: BaseException | None) -> str:
    """The class of the exception, and what is certain to be neither private nor secret."""
    if error is None:
        return "no cause"
    text = " ".join(_public_message(error).split())[:_MAX_MESSAGE]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def trace(error: BaseException) -> str:
    """The traceback of the exception and of its causes, with `describe` in the place of each message."""
    parts = ["".join([*format_tb(part.__traceback__), describe(part)]) for part in _chain(error)]
    return "\nwhich led to:\n".join(reversed(parts))


def log_thread_errors() -> None:
    """Log what ends a thread of this process. Python would print it as it is."""

    def log(arguments: threading.ExceptHookArgs) -> None:
        logger.error("A thread has ended.", exc_info=arguments.exc_value)

    threading.excepthook = log


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    for _number in range(_MAX_CHAIN):
        if error is None:
            return
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _public_message(error: BaseException) -> str:
    if settings.DEBUG or isinstance(error, _CODE_ERRORS + _SYSTEM_ERRORS):
        return str(error)
    if isinstance(error, MemoryLoopError):
        # The class's own message. Another one may contain the answer of a model server.
        return str(error.message) if error.detail == str(error.message) else error.code
    if isinstance(error, DatabaseError):
        return _database_message(error)
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror} {error.filename or ''}"
    # LanceDB quotes the words of a query.
    return _QUOTED.sub("'…'", str(error)) if _LANCE_ERROR.search(str(error)) else ""


def _database_message(error: DatabaseError) -> str:
    """Without DETAIL, and without the value in the message of a DataError."""
    if is_outage(error):
        return str(error)
    diagnostics = getattr(error.__cause__, "diag", None)
    names = ("sqlstate", "table_name", "column_name", "constraint_name")
    found = ((name, getattr(diagnostics, name, None)) for name in names)
    return ", ".join(f"{name} {value}" for name, value in found if value)
