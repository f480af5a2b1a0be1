"""Handing jobs to the worker without making anybody wait: a broker that is down or hangs costs a request nothing.

A thread of its own talks to the broker. What is lost on the way is found by the sweeps of beat, so no job may
be handed over without a row that a sweep finds.
"""

import logging
import threading
from dataclasses import dataclass
from functools import partial
from queue import Empty, Full, Queue
from uuid import UUID

from django.db import transaction
from kombu.exceptions import OperationalError
from redis import RedisError

from memoryloop.celery import app

logger = logging.getLogger(__name__)

MOST_WAITING = 10_000


@dataclass(frozen=True)
class Job:
    """`expires` is in seconds: an offer that nobody took up by then is dropped."""

    task: str
    row_id: UUID
    expires: int | None = None


_waiting: "Queue[Job]" = Queue(MOST_WAITING)
_starting = threading.Lock()
_threads: list[threading.Thread] = []


def hand_over(job: Job) -> None:
    """Have the worker run the job once this transaction is committed. Takes microseconds and never fails."""
    transaction.on_commit(partial(_put, job), robust=True)


def _put(job: Job) -> None:
    try:
        _waiting.put_nowait(job)
    except Full:
        logger.warning("%s %s waits for the sweep, the broker is behind", job.task, job.row_id)
    if not _threads:
        with _starting:
            if not _threads:
                _threads.append(threading.Thread(target=_send_all, name="jobs", daemon=True))
                _threads[0].start()


def _send_all() -> None:
    while True:
        job = _waiting.get()
        try:
            app.send_task(job.task, [str(job.row_id)], expires=job.expires)
        except (OperationalError, RedisError) as error:
            # Each try takes seconds while the broker is away; the sweep is sooner for those behind this one.
            logger.warning("%s %s and %s more wait for the sweep: %s", job.task, job.row_id, _dropped(), error)


def _dropped() -> int:
    dropped = 0
    while True:
        try:
            _waiting.get_nowait()
        except Empty:
            return dropped
        dropped += 1
