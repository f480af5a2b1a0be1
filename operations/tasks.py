"""The worker's tasks for operations."""

from celery import current_task

from base.jobs import periodic_task
from operations import queue_lag
from operations.backup import schedule
from operations.backup.point_in_time import maintenance


@periodic_task(every=300)
def back_up() -> None:
    schedule.back_up_if_due()


@periodic_task(every=300)
def maintain_archive() -> None:
    with schedule.only_worker("archive") as acquired:
        if acquired:
            maintenance.maintain_archive()


@periodic_task(every=queue_lag.INTERVAL)
def measure_queue_lag() -> None:
    queue_lag.measure(current_task.request)
