"""Doors for the worker."""

from celery import shared_task

from accounts import housekeeping


@shared_task(name="accounts.tasks.clear_expired")
def clear_expired() -> None:
    housekeeping.clear_expired()
