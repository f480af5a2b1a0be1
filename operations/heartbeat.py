"""Each worker records a heartbeat in Valkey every few seconds, so that health can tell when no worker runs."""

import logging
import threading
from datetime import UTC, datetime
from typing import Any

import redis
from celery.signals import worker_ready, worker_shutting_down
from django.conf import settings

from base.connections import valkey_client
from base.metrics.snapshots import publish

WORKERS = "workers"  # a sorted set in Valkey: worker names, scored by the time of their last heartbeat
INTERVAL = 5.0  # seconds
FORGET_AFTER = 3600.0  # seconds; otherwise the set would keep the workers of replaced hosts forever

logger = logging.getLogger(__name__)
_stopping = threading.Event()


def valkey_time() -> datetime:
    """The clock of all heartbeats, because the clocks of hosts differ. Raises redis.RedisError."""
    seconds, microseconds = valkey_client().time()
    return datetime.fromtimestamp(seconds + microseconds / 1_000_000, UTC)


def last_seen() -> datetime | None:
    """The time of the last heartbeat of any worker. Raises redis.RedisError."""
    newest = valkey_client().zrange(WORKERS, 0, 0, desc=True, withscores=True)
    return datetime.fromtimestamp(float(newest[0][1]), UTC) if newest else None


def ages() -> dict[str, float]:
    """The seconds since the last heartbeat of each worker, by its name. Raises redis.RedisError."""
    now = valkey_time().timestamp()
    heartbeats: Any = valkey_client().zrange(WORKERS, 0, -1, withscores=True)
    return {name: now - at for name, at in heartbeats}


def record_heartbeat(name: str) -> None:
    """Raises redis.RedisError."""
    now = valkey_time().timestamp()
    valkey_client().zadd(WORKERS, {name: now})
    valkey_client().zremrangebyscore(WORKERS, 0, now - FORGET_AFTER)


def connect() -> None:
    """Record heartbeats in every worker, from when it accepts jobs until it is told to stop."""
    worker_ready.connect(_start)
    worker_shutting_down.connect(_stop)


def _start(sender: Any, **_: Any) -> None:
    _stopping.clear()
    threading.Thread(target=_record_heartbeats, args=(str(sender.hostname),), name="heartbeat", daemon=True).start()


def _stop(**_: Any) -> None:
    _stopping.set()


def _record_heartbeats(name: str) -> None:
    while not _stopping.is_set():
        try:
            record_heartbeat(name)
            if settings.METRICS_TOKEN or settings.METRICS_ADDRESSES:
                publish(name)
        except redis.RedisError as error:
            logger.debug("Could not record the heartbeat in Valkey: %s", error)
        _stopping.wait(INTERVAL)
