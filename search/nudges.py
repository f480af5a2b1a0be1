"""Telling the worker that the outbox has something: cheap for the request, and allowed to get lost.

A thread of its own does the talking, so that a request pays microseconds and never waits for a Valkey that is
down. What is lost here is found by beat's sweep.
"""

import logging
import threading
from contextlib import suppress

import redis
from kombu.exceptions import OperationalError

from memoryloop.celery import app
from memoryloop.live import valkey

log = logging.getLogger(__name__)

NUDGE_KEY = "search:drain-nudge"
NUDGE_LIFE = 2_000  # milliseconds; the task clears it first, so it only bounds what a lost task costs

_wanted = threading.Event()
_starting = threading.Lock()
_threads: list[threading.Thread] = []


def nudge() -> None:
    """Ask for a drain soon. Takes microseconds and never fails."""
    _wanted.set()
    if not _threads:
        with _starting:
            if not _threads:
                thread = threading.Thread(target=_forward, name="search-nudge", daemon=True)
                thread.start()
                _threads.append(thread)


def clear_nudge() -> None:
    """From here on a change needs a new nudge; called before the outbox is read."""
    with suppress(redis.RedisError):
        valkey().delete(NUDGE_KEY)


def _forward() -> None:
    while True:
        _wanted.wait()
        _wanted.clear()
        try:
            if valkey().set(NUDGE_KEY, "1", nx=True, px=NUDGE_LIFE):
                app.send_task("search.tasks.drain")
        except (redis.RedisError, OperationalError) as error:
            log.warning("The worker could not be told of new outbox rows (%s); the sweep will find them.", error)
