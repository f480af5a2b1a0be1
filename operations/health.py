"""How each part stands, asked of the part itself, all at once and never for longer than a second or so."""

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from dataclasses import asdict, dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from django.db import connection
from django.utils import timezone

from base.connections import release_connection, valkey_client
from chat.models import Conversation
from operations.heartbeat import last_seen
from providers.gateway import chat_provider_status
from providers.models import ProviderName
from search.queries import embedder_status, index_status, outbox_status

BOUND = 1.0  # seconds for all checks together
SHARED_FOR = 1.0  # seconds: anybody may ask, and asking must not be a way to keep the server busy
WORKER_SILENCE = timedelta(seconds=30)
PROVIDER_IN_USE = timedelta(days=30)  # since the last conversation with it
OLDEST_CHANGE = 60.0  # seconds; the index is normally less than one behind


class Standing(StrEnum):
    OK = "ok"
    DEGRADED = "degraded"
    DOWN = "down"


Details = Mapping[str, Any]


@dataclass(frozen=True)
class Report:
    """`checks` gives each part's status and figures."""

    status: Standing
    checks: Mapping[str, Details]


# A check that hangs keeps its thread; when all hang, the next reports say so without waiting for any.
_threads = ThreadPoolExecutor(max_workers=12, thread_name_prefix="health")
_asking = threading.Lock()
_last: tuple[float, Report] | None = None


def recent_report() -> Report:
    """The report of the last second, or a fresh one."""
    global _last
    with _asking:
        if _last is None or time.monotonic() - _last[0] > SHARED_FOR:
            _last = (time.monotonic(), report())
        return _last[1]


def report() -> Report:
    """Down only without PostgreSQL: everything else catches up by itself when it is back."""
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
    end = time.monotonic() + BOUND
    return {name: _outcome(future, end - time.monotonic()) for name, future in running.items()}


def _with_own_connection(check: Callable[[], Details]) -> Details:
    try:
        return check()
    finally:
        release_connection()


def _outcome(future: "Future[Details]", seconds: float) -> Details:
    try:
        return future.result(max(0.0, seconds))
    except TookTooLong:
        future.cancel()
        return {"status": Standing.DOWN, "detail": f"no answer within {BOUND:g} s"}
    except Exception as error:  # whatever a part throws is its status
        return {"status": Standing.DOWN, "detail": f"{type(error).__name__}: {error}"}


def _postgres() -> Details:
    begin = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    pool: Any = getattr(connection, "pool", None)
    figures = pool.get_stats() if pool else {}
    kept = ("pool_size", "pool_available", "pool_max", "requests_waiting")
    return {
        "status": Standing.OK,
        "latency_ms": _milliseconds_since(begin),
        "pool": {name: figures[name] for name in kept if name in figures},
    }


def _valkey() -> Details:
    begin = time.perf_counter()
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
    named = {"backend": embedder.backend, "model": embedder.model}
    if embedder.error:
        return {"status": Standing.DEGRADED, **named, "detail": embedder.error}
    return {"status": Standing.OK, **named, "dimensions": embedder.dimensions}


def _chat_models() -> Details:
    recent = Conversation.objects.alive().filter(updated_at__gte=timezone.now() - PROVIDER_IN_USE)
    provider = chat_provider_status(in_use=recent.filter(provider=ProviderName.OLLAMA).exists())
    healthy = provider.available or not provider.needed
    return {"status": Standing.OK if healthy else Standing.DEGRADED, **asdict(provider)}


def _outbox() -> Details:
    state = outbox_status()
    behind = state.dead or state.oldest_seconds > OLDEST_CHANGE
    return {"status": Standing.DEGRADED if behind else Standing.OK, **asdict(state)}


def _worker() -> Details:
    seen = last_seen()
    alive = seen is not None and timezone.now() - seen < WORKER_SILENCE
    return {"status": Standing.OK if alive else Standing.DOWN, "last_seen": seen}


def _milliseconds_since(begin: float) -> float:
    return round((time.perf_counter() - begin) * 1000, 2)


CHECKS: Mapping[str, Callable[[], Details]] = {
    "postgres": _postgres,
    "valkey": _valkey,
    "lancedb": _lancedb,
    "embeddings": _embeddings,
    "chat_models": _chat_models,
    "outbox": _outbox,
    "worker": _worker,
}
