"""The clock that all processes share: PostgreSQL's.

The clocks of hosts differ: a heartbeat that a worker records with its own clock can look too old to the sweep on
another host. So what one process writes and another compares with the current time uses this clock.
"""

from datetime import datetime

from django.db import connection
from django.db.models import DateTimeField, Func


class ClockTimestamp(Func):
    """The current time. `Now` is the start of the transaction, which may have waited for a lock since."""

    function = "clock_timestamp"
    output_field = DateTimeField()


def database_time() -> datetime:
    """The current time in PostgreSQL."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
        return now
