"""How long a task waits before a worker takes it.

Beat sends a task into each queue every few seconds. A signal stamps it with the time, and the worker that takes it
records how long that was ago. Both read Valkey's clock, so the clocks of the hosts do not matter.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, cast

import redis
from celery import current_app, current_task
from celery.signals import beat_embedded_init, beat_init, before_task_publish

from base.connections import valkey_client

TASK = "operations.tasks.measure_queue_lag"
INTERVAL = 10.0  # seconds
EXPIRES = 60.0  # seconds; a worker drops what has waited longer, so no more than six tasks wait for a stopped worker
STAMP = "sent_at"  # the task's header
BEAT = "beat:seen"  # in Valkey: when beat last sent the task, or was started


def schedule() -> Iterator[tuple[str, dict[str, Any]]]:
    """The entries for beat: one for each queue."""
    for queue in queues():
        options = {"queue": queue, "expires": EXPIRES}
        yield f"{TASK}:{queue}", {"task": TASK, "schedule": INTERVAL, "options": options}


def queues() -> list[str]:
    """The names of the queues that workers read."""
    return sorted(current_app.amqp.queues)


def lags() -> dict[str, float | None]:
    """For each queue the last measured wait in seconds, or for how long a task has been waiting if that is longer.

    None before the first measurement. Raises redis.RedisError.
    """
    now = valkey_time()
    return {queue: _lag(cast(Mapping[str, str], valkey_client().hgetall(_key(queue))), now) for queue in queues()}


def beat_last_seen() -> datetime | None:
    """When beat last sent the task. Raises redis.RedisError."""
    seen = valkey_client().get(BEAT)
    return datetime.fromtimestamp(float(cast(str, seen)), UTC) if seen else None


def record_lag() -> None:
    """Record how long the current task has waited. One that has no stamp, because Valkey was down, is ignored."""
    request: Any = current_task.request
    sent_at = request.get(STAMP)
    if sent_at is None:
        return
    key = _key(request.delivery_info["routing_key"])
    with suppress(redis.RedisError):
        valkey_client().hset(key, "seconds", max(0.0, valkey_time() - float(sent_at)))
        valkey_client().hdel(key, "waiting_since")


def connect() -> None:
    before_task_publish.connect(_stamp, sender=TASK)
    beat_init.connect(_record_beat)
    beat_embedded_init.connect(_record_beat)


def valkey_time() -> float:
    """Seconds since 1970 on Valkey's clock. Raises redis.RedisError."""
    seconds, microseconds = valkey_client().time()
    return seconds + microseconds / 1e6


def _stamp(headers: dict[str, Any], routing_key: str, **_: Any) -> None:
    with suppress(redis.RedisError):
        headers[STAMP] = now = valkey_time()
        # Kept until a worker takes a task, so that a queue in which nothing moves has a lag too.
        valkey_client().hsetnx(_key(routing_key), "waiting_since", str(now))
        valkey_client().set(BEAT, now)


def _record_beat(**_: Any) -> None:
    with suppress(redis.RedisError):
        valkey_client().set(BEAT, valkey_time())


def _lag(state: Mapping[str, str], now: float) -> float | None:
    lags = [float(state["seconds"])] if "seconds" in state else []
    if "waiting_since" in state:
        lags.append(now - float(state["waiting_since"]))
    return round(max(lags), 3) if lags else None


def _key(queue: str) -> str:
    return f"queue-lag:{queue}"
