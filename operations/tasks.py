"""The worker's tasks for operations."""

from celery import current_task

from base.jobs import periodic_task
from operations import queue_lag


@periodic_task(every=queue_lag.INTERVAL)
def measure_queue_lag() -> None:
    queue_lag.measure(current_task.request)
