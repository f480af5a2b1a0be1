"""Log lines for readers and for programs. Neither contains what a user wrote, nor a secret."""

import json
import logging
import re
from datetime import UTC, datetime

from base.logs.context import current
from base.logs.errors import describe, needs_trace, trace

# The last line of defense, for the messages of libraries: keys of providers, our own tokens, passwords in URLs.
_SECRET = re.compile(r"\b(sk-|ml_|[Bb]earer |Basic )[\w.~+/=-]{6,}|(://[^/\s:@]*:)[^/\s@]+(?=@)")
# Django's messages about a request end with its path, which may have the key of a password reset.
_REQUEST_LOGGERS = ("django.request", "django.security")


class _Formatter(logging.Formatter):
    """What both formats share."""

    def message_of(self, record: logging.LogRecord) -> str:
        """The message on one line, so that no value in it can pretend to be another line."""
        message = record.getMessage()
        if record.name.startswith(_REQUEST_LOGGERS) and isinstance(record.args, tuple):
            message = str(record.msg) % tuple("its path" if _is_path(value) else value for value in record.args)
        return without_secrets(" ".join(message.splitlines()))

    def values_of(self, record: logging.LogRecord) -> dict[str, str]:
        """The ids of the request or task, and the fields of this line."""
        return current() | getattr(record, "fields", {})

    def error_of(self, record: logging.LogRecord) -> tuple[str, str]:
        """What was raised, and where. At the level DEBUG every error has its traceback."""
        error = record.exc_info[1] if record.exc_info else None
        if error is None:
            return "", ""
        traceback = trace(error) if needs_trace(error) or logging.root.level <= logging.DEBUG else ""
        return without_secrets(describe(error)), without_secrets(traceback)


class LineFormatter(_Formatter):
    """`2026-11-21 10:00:00,000 WARNING search.sync.outbox: A message … table=messages entity_id=…`"""

    def format(self, record: logging.LogRecord) -> str:
        line = f"{self.formatTime(record)} {record.levelname} {record.name}: {self.message_of(record)}"
        error, traceback = self.error_of(record)
        if error:
            line += f" ({error})"
        values = "".join(f" {name}={value}" for name, value in self.values_of(record).items())
        return f"{line}{values}\n{traceback}" if traceback else line + values


class JsonFormatter(_Formatter):
    """One JSON object on one line: time, level, logger, message, ids, and what was raised."""

    def format(self, record: logging.LogRecord) -> str:
        error, traceback = self.error_of(record)
        values = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": self.message_of(record),
            **self.values_of(record),
            "error": error,
            "traceback": traceback,
        }
        return json.dumps({name: value for name, value in values.items() if value})


def _is_path(value: object) -> bool:
    return isinstance(value, str) and value.startswith("/")


def without_secrets(text: str) -> str:
    return _SECRET.sub(lambda match: f"{match[1] or match[2]}***", text)
