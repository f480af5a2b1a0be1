"""How long a task waits before a worker takes it.

A periodic task goes through each queue. A signal stamps it with the time when it is sent, and the worker that takes it
records how long that was ago. Both read Valkey's clock, so the clocks of the hosts do not matter.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, cast

import redis
from celery import current_app
from celery.signals import before_task_publish, task_revoked

from base.connections import valkey_client
from base.jobs import RUNS
from operations.heartbeat import valkey_time

TASK = "operations.tasks.measure_queue_lag"
INTERVAL = 10.0  # seconds
STAMP = "sent_at"  # the task's header
SENT = "queue-lag:sent"  # in Valkey: when the task was last sent


def queues() -> list[str]:
    """The names of the queues that workers read."""
    return [current_app.conf.task_default_queue, RUNS]


def lags() -> dict[str, float | None]:
    """For each queue the last measured wait in seconds, or for how long a task has been waiting if that is longer.

    None before the first measurement. Raises redis.RedisError.
    """
    now = valkey_time().timestamp()
    return {queue: _lag(cast(Mapping[str, str], valkey_client().hgetall(_key(queue))), now) for queue in queues()}


def last_sent() -> datetime | None:
    """When the task was last sent, which shows that periodic tasks are. Raises redis.RedisError."""
    seconds = valkey_client().get(SENT)
    return datetime.fromtimestamp(float(cast(str, seconds)), UTC) if seconds else None


def measure(request: Any) -> None:
    """Record how long the task of this request has waited, and send it through the other queues too."""
    _record(request)
    default = current_app.conf.task_default_queue
    if request.delivery_info["routing_key"] == default:
        for queue in queues():
            if queue != default:
                current_app.send_task(TASK, queue=queue, expires=INTERVAL)


def connect() -> None:
    before_task_publish.connect(_stamp, sender=TASK)
    task_revoked.connect(_measure_expired)


def _stamp(headers: dict[str, Any], routing_key: str, **_: Any) -> None:
    with suppress(redis.RedisError):
        headers[STAMP] = now = valkey_time().timestamp()
        # Kept until a worker takes a task, so that a queue in which nothing moves has a lag too.
        valkey_client().hsetnx(_key(routing_key), "waiting_since", str(now))
        valkey_client().set(SENT, now)


def _measure_expired(sender: Any, request: Any, expired: bool, **_: Any) -> None:
    """Celery does not run a task that has waited longer than it may, but its wait counts."""
    if expired and sender.name == TASK:
        _record(request)


def _record(request: Any) -> None:
    """A task that has no stamp, because Valkey was down, is ignored."""
    sent_at = request.get(STAMP)
    if sent_at is None:
        return
    key = _key(request.delivery_info["routing_key"])
    with suppress(redis.RedisError):
        valkey_client().hset(key, "seconds", max(0.0, valkey_time().timestamp() - sent_at))
        valkey_client().hdel(key, "waiting_since")


def _lag(state: Mapping[str, str], now: float) -> float | None:
    lags = [float(state["seconds"])] if "seconds" in state else []
    if "waiting_since" in state:
        lags.append(now - float(state["waiting_since"]))
    return round(max(lags), 3) if lags else None


def _key(queue: str) -> str:
    return f"queue-lag:{queue}"
