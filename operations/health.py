"""Checks of PostgreSQL, Valkey, LanceDB, the embedder, the chat models, the outbox and the workers.

All checks run in parallel, and a report takes a little over a second at most.
"""

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as CheckTimeout
from dataclasses import asdict, dataclass
from datetime import timedelta
from enum import StrEnum
from time import monotonic, perf_counter
from typing import Any

from django.db import connection
from django.utils import timezone

from base.connections import release_connection, valkey_client
from chat.models import Conversation
from operations.heartbeat import last_seen, valkey_time
from providers.gateway import chat_provider_status
from providers.models import ProviderName
from search.queries import embedder_status, index_status, outbox_status

TIMEOUT = 1.0  # seconds for all checks together
CACHED_FOR = 1.0  # seconds; the endpoint is public, so many requests to it must not slow the server down
WORKER_TIMEOUT = timedelta(seconds=30)
MAX_PROVIDER_IDLE = timedelta(days=30)  # a provider without a conversation for longer is not in use
MAX_OUTBOX_AGE = 60.0  # seconds; the index is normally less than one second behind


class Standing(StrEnum):
    OK = "ok"
    DEGRADED = "degraded"
    DOWN = "down"


Details = Mapping[str, Any]


@dataclass(frozen=True)
class Report:
    """`checks` maps the name of each check to its status and figures."""

    status: Standing
    checks: Mapping[str, Details]


# A hanging check occupies its thread. When every thread hangs, later reports time out in the same way.
_threads = ThreadPoolExecutor(max_workers=12, thread_name_prefix="health")
_lock = threading.Lock()
_cached: tuple[float, Report] | None = None


def recent_report() -> Report:
    """A report that is at most CACHED_FOR old."""
    global _cached
    with _lock:
        if _cached is None or monotonic() - _cached[0] > CACHED_FOR:
            _cached = (monotonic(), report())
        return _cached[1]


def report() -> Report:
    """Run all checks. The status is `down` only without PostgreSQL, because every other part recovers by itself."""
    checks = _run(CHECKS)
    if checks["postgres"]["status"] != Standing.OK:
        status = Standing.DOWN
    elif all(check["status"] == Standing.OK for check in checks.values()):
        status = Standing.OK
    else:
        status = Standing.DEGRADED
    return Report(status, checks)


def postgres_answers() -> bool:
    return bool(_run({"postgres": CHECKS["postgres"]})["postgres"]["status"] == Standing.OK)


def _run(checks: Mapping[str, Callable[[], Details]]) -> dict[str, Details]:
    running = {name: _threads.submit(_with_own_connection, check) for name, check in checks.items()}
    deadline = monotonic() + TIMEOUT
    return {name: _result(future, deadline - monotonic()) for name, future in running.items()}


def _with_own_connection(check: Callable[[], Details]) -> Details:
    try:
        return check()
    finally:
        release_connection()


def _result(future: "Future[Details]", seconds: float) -> Details:
    try:
        return future.result(max(0.0, seconds))
    except CheckTimeout:
        future.cancel()
        return {"status": Standing.DOWN, "detail": f"no answer within {TIMEOUT:g} s"}
    except Exception as error:  # whatever a check raises belongs in the report
        return {"status": Standing.DOWN, "detail": f"{type(error).__name__}: {error}"}


def _postgres() -> Details:
    begin = perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    pool: Any = getattr(connection, "pool", None)
    figures = pool.get_stats() if pool else {}
    names = ("pool_size", "pool_available", "pool_max", "requests_waiting")
    return {
        "status": Standing.OK,
        "latency_ms": _milliseconds_since(begin),
        "pool": {name: figures[name] for name in names if name in figures},
    }


def _valkey() -> Details:
    begin = perf_counter()
    valkey_client().ping()
    return {"status": Standing.OK, "latency_ms": _milliseconds_since(begin)}


def _lancedb() -> Details:
    tables = index_status()
    broken = [table for table in tables if table.status == "damaged" or (table.status == "missing" and table.drift)]
    return {
        "status": Standing.DEGRADED if broken else Standing.OK,
        "tables": {table.table: asdict(table) for table in tables},
    }


def _embeddings() -> Details:
    embedder = embedder_status()
    model = {"backend": embedder.backend, "model": embedder.model}
    if embedder.error:
        return {"status": Standing.DEGRADED, **model, "detail": embedder.error}
    return {"status": Standing.OK, **model, "dimensions": embedder.dimensions}


def _chat_models() -> Details:
    recent = Conversation.objects.alive().filter(updated_at__gte=timezone.now() - MAX_PROVIDER_IDLE)
    provider = chat_provider_status(in_use=recent.filter(provider=ProviderName.OLLAMA).exists())
    healthy = provider.available or not provider.needed
    return {"status": Standing.OK if healthy else Standing.DEGRADED, **asdict(provider)}


def _outbox() -> Details:
    state = outbox_status()
    behind = state.dead or state.oldest_seconds > MAX_OUTBOX_AGE
    return {"status": Standing.DEGRADED if behind else Standing.OK, **asdict(state)}


def _worker() -> Details:
    seen = last_seen()
    alive = seen is not None and valkey_time() - seen < WORKER_TIMEOUT
    return {"status": Standing.OK if alive else Standing.DOWN, "last_seen": seen}


def _milliseconds_since(begin: float) -> float:
    return round((perf_counter() - begin) * 1000, 2)


CHECKS: Mapping[str, Callable[[], Details]] = {
    "postgres": _postgres,
    "valkey": _valkey,
    "lancedb": _lancedb,
    "embeddings": _embeddings,
    "chat_models": _chat_models,
    "outbox": _outbox,
    "worker": _worker,
}
