"""PostgreSQL and Valkey: whether they answer."""

from collections.abc import Sequence
from time import perf_counter
from typing import Any

import redis
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection

from base.configuration import environment
from base.connections import valkey_client
from operations.checks.findings import Finding, failure, ok, warning

FIRST_START = "Run make run, which creates and starts it."


def postgres() -> Sequence[Finding]:
    begin = perf_counter()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, ImproperlyConfigured) as error:
        reason = (str(error).strip().splitlines() or ["unknown reason"])[-1]
        return [_no_answer("PostgreSQL", "DATABASE_URL", settings.DATA_DIR / "postgres" / "PG_VERSION", reason)]
    pool: Any = getattr(connection, "pool", None)
    stats = pool.get_stats() if pool else {}
    names = ("pool_size", "pool_available", "pool_max", "requests_waiting")
    figures = {name: stats[name] for name in names if name in stats}
    return [ok("PostgreSQL answers.", latency_ms=_milliseconds_since(begin), pool=figures)]


def valkey() -> Sequence[Finding]:
    begin = perf_counter()
    try:
        valkey_client().ping()
    except redis.RedisError as error:
        return [_no_answer("Valkey", "REDIS_URL", settings.DATA_DIR / "valkey", str(error))]
    return [ok("Valkey answers.", latency_ms=_milliseconds_since(begin))]


def _no_answer(server: str, variable: str, created: Any, reason: str) -> Finding:
    """`created` is what the first start of the embedded server creates."""
    if environment.text(variable, default=""):
        return failure(f"{server} at {variable} does not answer: {reason}", f"Start it, or correct {variable}.")
    if not created.exists():
        return warning(f"The embedded {server} has not been started on this DATA_DIR yet.", FIRST_START)
    return failure(f"The embedded {server} does not answer: {reason}", "Start MemoryLoop with: make run")


def _milliseconds_since(begin: float) -> float:
    return round((perf_counter() - begin) * 1000, 2)
