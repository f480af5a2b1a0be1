"""The log context of Celery tasks, and one line for a task that failed.

Celery's own line has the arguments' values and a traceback for each task that fails during an outage.
"""

import logging
from typing import Any

from celery.signals import task_failure, task_postrun, task_prerun, worker_init

from base.logs.context import begin
from base.logs.errors import log_thread_errors
from base.logs.outages import note_outage

logger = logging.getLogger(__name__)

REQUEST_HEADER = "memoryloop_request_id"  # the header of a task that names the request which sent it


def connect() -> None:
    """Observe the tasks of this process. Outside of a worker none is executed."""
    worker_init.connect(_start)
    task_prerun.connect(_begin_task)
    task_postrun.connect(_end_task)
    task_failure.connect(_log_failure)


def _start(**_: Any) -> None:
    log_thread_errors()


def _begin_task(task: Any, **_: Any) -> None:
    begin(task=task.name, request_id=str(task.request.get(REQUEST_HEADER) or ""))


def _end_task(**_: Any) -> None:
    begin()  # the thread will run other tasks


def _log_failure(sender: Any, exception: BaseException, **_: Any) -> None:
    if not note_outage(f"the task {sender.name} failed", exception):
        logger.error("The task %s failed.", sender.name, exc_info=exception)
