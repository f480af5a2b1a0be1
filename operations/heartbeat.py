"""Each worker says every few seconds that it lives, so that health can tell when none does."""

import logging
import threading
import time
from datetime import UTC, datetime
from typing import Any

import redis
from celery.signals import worker_ready, worker_shutting_down

from base.connections import valkey_client

WORKERS = "workers"  # a sorted set in Valkey: each worker's name and when it was seen
EVERY = 5.0  # seconds
FORGET_AFTER = 3600.0  # seconds; workers of replaced hosts would pile up

logger = logging.getLogger(__name__)
_leaving = threading.Event()


def last_seen() -> datetime | None:
    """When any worker was last seen. Raises redis.RedisError."""
    newest = valkey_client().zrange(WORKERS, 0, 0, desc=True, withscores=True)
    return datetime.fromtimestamp(float(newest[0][1]), UTC) if newest else None


def say_alive(name: str) -> None:
    """Raises redis.RedisError."""
    now = time.time()
    valkey_client().zadd(WORKERS, {name: now})
    valkey_client().zremrangebyscore(WORKERS, 0, now - FORGET_AFTER)


def connect() -> None:
    """Beat in every worker, from the moment it takes jobs until it is asked to leave."""
    worker_ready.connect(_start)
    worker_shutting_down.connect(_stop)


def _start(sender: Any, **_: Any) -> None:
    _leaving.clear()
    threading.Thread(target=_beat, args=(str(sender.hostname),), name="heartbeat", daemon=True).start()


def _stop(**_: Any) -> None:
    _leaving.set()


def _beat(name: str) -> None:
    while not _leaving.is_set():
        try:
            say_alive(name)
        except redis.RedisError as error:
            logger.debug("Valkey did not take the heartbeat: %s", error)
        _leaving.wait(EVERY)
