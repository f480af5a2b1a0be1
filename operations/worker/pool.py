"""The threads of a worker: many for runs, which mostly wait for a model, and a few for all other tasks."""

from typing import Any

from celery.concurrency.thread import TaskPool as ThreadPool
from django.conf import settings

from base.jobs import RUNS


class TaskPool(ThreadPool):
    """Celery's pool of threads, and a second one for the tasks of the queue RUNS.

    In one pool, as many replies as it has threads would hold up the index for minutes.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.runs = ThreadPool(settings.WORKER_THREADS)

    def on_apply(self, target: Any, args: Any = None, *others: Any, **options: Any) -> Any:
        _name, _id, request, *_body = args
        if request["delivery_info"]["routing_key"] == RUNS:
            return self.runs.on_apply(target, args, *others, **options)
        return super().on_apply(target, args, *others, **options)

    def on_stop(self) -> None:
        self.runs.on_stop()
        super().on_stop()
