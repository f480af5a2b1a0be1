"""The worker's task for operations, which beat sends into each queue."""

from celery import shared_task

from base.jobs import PERIODIC_TASKS
from operations import queue_lag


@shared_task(name=queue_lag.TASK)
def measure_queue_lag() -> None:
    queue_lag.record_lag()


PERIODIC_TASKS.update(queue_lag.schedule())
