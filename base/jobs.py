"""Sending tasks to the worker without making a request wait, even while the broker is down or silent.

One thread per process talks to the broker and drops what it cannot send. Every task has a row in PostgreSQL that a
periodic task finds later, so `enqueue` only makes the work start sooner.
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
from base.logs.celery_signals import REQUEST_HEADER
from base.logs.context import request_id
from base.logs.outages import log_failure
from base.postgresql.acting import acting_for_all_users

logger = logging.getLogger(__name__)

RUNS = "runs"  # the queue of the tasks that take long; all others are in Celery's default queue
MAX_WAITING = 10_000
# Milliseconds. The task clears its mark when it starts, so this limits the delay after a lost task.
COALESCED_FOR = 2_000


@dataclass(frozen=True)
class Job:
    """`expires` is in seconds: a task that no worker has started by then is dropped. `once`: see `enqueue_once`.

    `queue` is None for Celery's default queue. `request_id` is the request that sent it, for the logs.
    """

    task: str
    arguments: tuple[str, ...] = ()
    expires: int | None = None
    once: bool = False
    queue: str | None = None
    request_id: str = ""


_waiting: "Queue[Job]" = Queue(MAX_WAITING)
_waiting_once: set[str] = set()
_lock = threading.Lock()
_threads: list[threading.Thread] = []


def enqueue(task: str, *arguments: str, expires: int | None = None, queue: str | None = None) -> None:
    """Send the task to the worker after the transaction commits. Takes microseconds and never fails."""
    job = Job(task, arguments, expires, queue=queue, request_id=request_id())
    transaction.on_commit(partial(_put, job), robust=True)


def enqueue_once(task: str) -> None:
    """Like `enqueue`, for a task that does all the outstanding work: calls within two seconds become one task.

    The task must call `clear_request` first, so that a change that it misses sends another task.
    """
    put = _put_once(task)
    if not any(entry[1] is put for entry in connection.run_on_commit):
        transaction.on_commit(put, robust=True)


def clear_request(task: str) -> None:
    """Let the next `enqueue_once` send the task again."""
    with suppress(RedisError):
        valkey_client().delete(_mark(task))


PERIODIC_TASKS: dict[str, float] = {}  # seconds between two tasks, by name


def periodic_task(*, every: float) -> Callable[[Callable[[], None]], Any]:
    """Register a Celery task that the workers send every `every` seconds. One that waits longer than that expires.

    It acts for all users, to find the rows that need work.
    """

    def register(function: Callable[[], None]) -> Any:
        name = f"{function.__module__}.{function.__name__}"
        PERIODIC_TASKS[name] = every
        acting = acting_for_all_users("a periodic task looks for rows of all users that need work")
        return shared_task(name=name)(acting(function))

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
            logger.warning(
                "%s %s was dropped, because too many tasks are waiting for the broker", job.task, job.arguments
            )
            return
        if job.once:
            _waiting_once.add(job.task)
        if not _threads:
            _threads.append(threading.Thread(target=_send_all, name="jobs", daemon=True))
            _threads[0].start()


def _send_all() -> None:
    while True:
        job = _take()
        waiting = _waiting.qsize()
        try:
            if not job.once or valkey_client().set(_mark(job.task), "1", nx=True, px=COALESCED_FOR):
                headers = {REQUEST_HEADER: job.request_id}
                current_app.send_task(job.task, job.arguments, expires=job.expires, queue=job.queue, headers=headers)
        except (OperationalError, RedisError) as error:
            # Each attempt takes seconds while the broker is down. The tasks that were waiting are dropped too, because
            # periodic tasks will find their work sooner than this thread could send them.
            log_failure(f"{job.task} and {_drop(waiting)} more tasks were dropped", error)
        except Exception:  # this thread serves the whole process and must survive
            logger.exception("%s %s was not sent", job.task, job.arguments)


def _take() -> Job:
    job = _waiting.get()
    with _lock:
        _waiting_once.discard(job.task)
    return job


def _drop(count: int) -> int:
    dropped = 0
    with _lock, suppress(Empty):
        while dropped < count:
            _waiting_once.discard(_waiting.get_nowait().task)
            dropped += 1
    return dropped


def _mark(task: str) -> str:
    return f"requested:{task}"
