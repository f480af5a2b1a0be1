"""The thread of each worker that sends the periodic tasks and records heartbeats in Valkey.

A recent heartbeat tells health that a worker runs and that this thread does its work.
"""

import logging
import threading
import time
from datetime import UTC, datetime
from typing import Any

import redis
from celery.signals import worker_ready, worker_shutting_down
from django.conf import settings
from kombu.exceptions import OperationalError

from base.connections import valkey_client
from base.jobs import PERIODIC_TASKS
from base.metrics.snapshots import publish
from operations.worker.schedule import Schedule

WORKERS = "workers"  # a sorted set in Valkey: worker names, scored by the time of their last heartbeat
INTERVAL = 5.0  # seconds between two heartbeats
TICK = 0.5  # seconds; periodic tasks may be late by this much
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
    """Start the thread in every worker, from when it accepts jobs until it is told to stop."""
    worker_ready.connect(_start)
    worker_shutting_down.connect(_stop)


def _start(sender: Any, **_: Any) -> None:
    _stopping.clear()
    threading.Thread(target=_run, args=(str(sender.hostname),), name="heartbeat", daemon=True).start()


def _stop(**_: Any) -> None:
    _stopping.set()


def _run(name: str) -> None:
    schedule = Schedule(PERIODIC_TASKS if settings.PERIODIC_TASKS else {})
    next_heartbeat = time.monotonic()
    while not _stopping.is_set():
        try:
            schedule.send_due_tasks()
            if time.monotonic() >= next_heartbeat:
                record_heartbeat(name)
                if settings.METRICS_TOKEN or settings.METRICS_ADDRESSES:
                    publish(name)
                next_heartbeat = time.monotonic() + INTERVAL
        except (redis.RedisError, OperationalError) as error:
            logger.debug("No periodic tasks and no heartbeat, because Valkey does not answer: %s", error)
        except Exception:  # without this thread, periodic tasks would never be sent again
            logger.exception("No periodic tasks and no heartbeat")
        _stopping.wait(TICK)
