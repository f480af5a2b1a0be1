"""Telling the worker that there is something to do: cheap for the request, and allowed to get lost.

A thread of its own does the talking, so that a request pays microseconds and never waits for a Valkey that is
down. What is lost here is found by beat's sweep.
"""

import logging
import threading
from contextlib import suppress

import redis

from memoryloop.celery import app
from memoryloop.live import valkey

log = logging.getLogger(__name__)

DRAIN = "search.tasks.drain"
TEND = "search.tasks.tend"
MEND = "search.tasks.mend"

LIFE = 2_000  # milliseconds; the task clears its nudge first, so this only bounds what a lost task costs

_lock = threading.Lock()
_wanted: set[str] = set()
_woken = threading.Event()
_threads: list[threading.Thread] = []


def drain_soon() -> None:
    """Ask for a drain. Takes microseconds and never fails."""
    _ask(DRAIN)


def mend_soon() -> None:
    """Ask for a thorough look at the tables: one of them could not be read."""
    _ask(MEND)


def clear(task: str) -> None:
    """From here on a change needs a new nudge; called before the task looks."""
    with suppress(redis.RedisError):
        valkey().delete(_key(task))


def _ask(task: str) -> None:
    with _lock:
        _wanted.add(task)
        if not _threads:
            _threads.append(threading.Thread(target=_forward, name="search-nudges", daemon=True))
            _threads[0].start()
    _woken.set()


def _forward() -> None:
    while True:
        _woken.wait()
        _woken.clear()
        with _lock:
            tasks = list(_wanted)
            _wanted.clear()
        for task in tasks:
            try:
                if valkey().set(_key(task), "1", nx=True, px=LIFE):
                    app.send_task(task)
            except Exception as error:  # whatever it is, the thread must live: beat does this work meanwhile
                log.warning("The worker could not be asked for %s (%s); beat will.", task, error)


def _key(task: str) -> str:
    return f"nudge:{task}"
