"""How often one user may do something in a minute. The counts are in RAM, as those of `base.quotas.slots` are."""

from collections import deque
from math import ceil
from threading import Lock
from time import monotonic
from uuid import UUID

from base.errors import TooMany

WINDOW = 60.0  # seconds


class RateLimit:
    """Counts what each user did in the last minute. What exceeds the limit raises `error` and is not counted."""

    def __init__(self, error: type[TooMany]) -> None:
        self._error = error
        self._times: dict[UUID, deque[float]] = {}
        self._lock = Lock()

    def count(self, owner_id: UUID, *, limit: int, at: float | None = None) -> None:
        """`at` is in seconds of the monotonic clock."""
        at = monotonic() if at is None else at
        with self._lock:
            self._forget_idle_users(at)
            times = self._times.get(owner_id, deque())
            while times and times[0] <= at - WINDOW:
                times.popleft()
            if len(times) >= limit:
                raise self._error(retry_after=ceil(times[0] + WINDOW - at))
            times.append(at)
            # Removed and put back, so that the users are in the order of their last times.
            self._times.pop(owner_id, None)
            self._times[owner_id] = times

    def _forget_idle_users(self, at: float) -> None:
        """Without this, an entry would stay for each user who was ever counted."""
        while self._times:
            oldest = next(iter(self._times))
            if self._times[oldest][-1] > at - WINDOW:
                return
            del self._times[oldest]
