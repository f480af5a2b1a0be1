"""The periodic task of accounts."""

from accounts import cleanup
from base.jobs import periodic_task


@periodic_task(every=3600)
def clear_expired() -> None:
    cleanup.clear_expired()
