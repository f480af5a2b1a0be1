"""Handing work to the worker without making a request wait: a broker that is down or silent costs it nothing.

One thread per process talks to the broker. What it cannot deliver is dropped: every job has a row that a periodic task
finds again, so `enqueue` is a hint that makes work start sooner.
"""

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, partial
from queue import Empty, Full, Queue
from typing import Any

from celery import current_app, shared_task
from django.db import connection, transaction
from kombu.exceptions import OperationalError
from redis import RedisError

from base.connections import valkey_client

logger = logging.getLogger(__name__)

MOST_WAITING = 10_000
COALESCED_FOR = 2_000  # milliseconds; the task clears its mark when it starts, so this bounds what a lost task costs


@dataclass(frozen=True)
class Job:
    """`expires` is in seconds: a task that no worker has started by then is dropped. `once`: see `enqueue_once`."""

    task: str
    arguments: tuple[str, ...] = ()
    expires: int | None = None
    once: bool = False


_waiting: "Queue[Job]" = Queue(MOST_WAITING)
_waiting_once: set[str] = set()
_lock = threading.Lock()
_threads: list[threading.Thread] = []


def enqueue(task: str, *arguments: str, expires: int | None = None) -> None:
    """Have the worker run the task after this transaction commits. Takes microseconds and never fails."""
    transaction.on_commit(partial(_put, Job(task, arguments, expires)), robust=True)


def enqueue_once(task: str) -> None:
    """Like `enqueue`, for a task that does all the work there is: requests that follow closely become one task.

    The task calls `clear_request` first, so that a change made while it runs asks for another one.
    """
    put = _put_once(task)
    if not any(entry[1] is put for entry in connection.run_on_commit):
        transaction.on_commit(put, robust=True)


def clear_request(task: str) -> None:
    """From here on `enqueue_once` sends the task again."""
    with suppress(RedisError):
        valkey_client().delete(_mark(task))


PERIODIC_TASKS: dict[str, dict[str, Any]] = {}


def periodic_task(*, every: float) -> Callable[[Callable[[], None]], Any]:
    """Register a Celery task that beat sends every `every` seconds. A tick that waited longer than that is dropped."""

    def register(function: Callable[[], None]) -> Any:
        name = f"{function.__module__}.{function.__name__}"
        PERIODIC_TASKS[name] = {"task": name, "schedule": every, "options": {"expires": every}}
        return shared_task(name=name)(function)

    return register


@cache
def _put_once(task: str) -> Callable[[], None]:
    return partial(_put, Job(task, once=True))


def _put(job: Job) -> None:
    with _lock:
        if job.once and job.task in _waiting_once:
            return
        try:
            _waiting.put_nowait(job)
        except Full:
            logger.warning("%s %s waits for its periodic task: the broker is behind", job.task, job.arguments)
            return
        if job.once:
            _waiting_once.add(job.task)
        if not _threads:
            _threads.append(threading.Thread(target=_send_all, name="jobs", daemon=True))
            _threads[0].start()


def _send_all() -> None:
    while True:
        job = _take()
        behind = _waiting.qsize()
        try:
            if not job.once or valkey_client().set(_mark(job.task), "1", nx=True, px=COALESCED_FOR):
                current_app.send_task(job.task, job.arguments, expires=job.expires)
        except (OperationalError, RedisError) as error:
            # Each attempt takes seconds while the broker is down; the periodic tasks come sooner for those behind.
            logger.warning("%s and %s more wait for their periodic tasks: %s", job.task, _drop(behind), error)
        except Exception:  # this thread serves the whole process and must survive
            logger.exception("%s %s was not sent", job.task, job.arguments)


def _take() -> Job:
    job = _waiting.get()
    with _lock:
        _waiting_once.discard(job.task)
    return job


def _drop(most: int) -> int:
    dropped = 0
    with _lock, suppress(Empty):
        while dropped < most:
            _waiting_once.discard(_waiting.get_nowait().task)
            dropped += 1
    return dropped


def _mark(task: str) -> str:
    return f"requested:{task}"
