"""The keys, times and query sets of all apps' models.

The clocks of hosts differ: a heartbeat that a worker records with its own clock can look too old to the sweep on
another host. So what one process writes and another compares with the current time uses PostgreSQL's clock.
"""

from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.db import connection, models
from uuid_utils.compat import uuid7

from base.errors import NotFound

Row = TypeVar("Row", bound=models.Model, covariant=True)
Value = TypeVar("Value")


def new_id() -> UUID:
    """A version 7 UUID. It sorts by time, so new rows are inserted into index pages that are already in memory."""
    return uuid7()


class ClockTimestamp(models.Func):
    """The current time. `Now` is the start of the statement, which may have waited for a lock since."""

    function = "clock_timestamp"
    output_field = models.DateTimeField()


def database_time() -> datetime:
    """The current time in PostgreSQL."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
        return now


def batch_by_pk(rows: "models.QuerySet[Any, Value]", *, after: UUID | None, size: int) -> "models.QuerySet[Any, Value]":
    """The first `size` rows in the order of their primary keys; with `after`, the first ones after that key.

    Pass the last key of one batch to read the next. Unlike an offset, a key costs the same in every batch.
    """
    rows = rows.order_by("pk")
    return (rows if after is None else rows.filter(pk__gt=after))[:size]


class OwnedQuerySet(models.QuerySet[Row]):
    """The query set of rows that have an owner. Look-ups start at the owner's manager, such as `user.cards`."""

    def get_or_not_found(self, pk: UUID) -> Row:
        """The row with this key. Raises NotFound, also for a row of another user."""
        try:
            return self.get(pk=pk)
        except ObjectDoesNotExist:
            raise NotFound from None
