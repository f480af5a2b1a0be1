"""The worker's tasks for operations."""

from celery import current_task

from base.jobs import periodic_task
from operations import queue_lag
from operations.backup import schedule


@periodic_task(every=300)
def back_up() -> None:
    schedule.back_up_if_due()


@periodic_task(every=queue_lag.INTERVAL)
def measure_queue_lag() -> None:
    queue_lag.measure(current_task.request)
