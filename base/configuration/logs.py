"""The settings of Python's logging."""

from typing import Any

FORMATS = ("text", "json")
# The lowest level of these loggers. LOG_LEVEL wins if it is higher, because it is the level of the handler too.
_LEVELS = {
    # They write headers and bodies at the level DEBUG, and a line for each request to a model.
    "anthropic": "WARNING",
    "httpcore": "WARNING",
    "httpcore2": "WARNING",
    "httpx": "WARNING",
    "httpx2": "WARNING",
    "mcp": "WARNING",
    "sse_starlette": "WARNING",
    "urllib3": "WARNING",
    # `base.logs.outages` logs outages.
    "psycopg.pool": "CRITICAL",
    # A line for each task would hide what an operator needs to see; `base.logs.celery_signals` logs those that fail.
    "celery.worker.strategy": "WARNING",
    "celery.app.trace": "CRITICAL",
    # Its own handlers are removed. Below INFO it logs SQL with its values.
    "django": "INFO",
    # A line for each 4xx and 5xx response. Metrics count them, and `base.error_handlers` logs unexpected errors.
    "django.request": "CRITICAL",
}
_FORMATTERS = {"text": "base.logs.formats.LineFormatter", "json": "base.logs.formats.JsonFormatter"}


def logging_settings(*, level: str, log_format: str) -> dict[str, Any]:
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"ours": {"()": _FORMATTERS[log_format]}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "ours", "level": level}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {name: {"level": lowest} for name, lowest in _LEVELS.items()},
    }
