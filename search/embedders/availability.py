"""Whether a model server answers, and in time.

A failure begins a cooldown. One log line says when an outage begins, and one when it ends.
"""

import logging
import threading
import time
from functools import cache

from search.errors import EmbedderSlow, EmbedderUnavailable

logger = logging.getLogger(__name__)

# Seconds without a request after a failure. Without it, a server that hangs would cost every search the full timeout.
COOLDOWN = 5.0
# The longest time for which texts don't wait for a slow model; it doubles from COOLDOWN with each time-out.
MAX_SLOW = 60.0


class Availability:
    """One model on one server. Threads share it."""

    def __init__(self, base_url: str, model: str) -> None:
        self._name = f"{model} at {base_url}"
        self._lock = threading.Lock()
        self._down_since: float | None = None
        self._retry_at = 0.0
        self._reason = ""
        self._slow_until = 0.0
        self._slow_for = 0.0

    def refuse_during_cooldown(self) -> None:
        """Raises EmbedderUnavailable, with the reason of the last failure, until the cooldown is over.

        After it, one caller tries the server; the others are refused until it has answered or COOLDOWN has passed.
        """
        with self._lock:
            now = time.monotonic()
            if now < self._retry_at:
                raise EmbedderUnavailable(self._reason)
            if self._down_since is not None:
                self._retry_at = now + COOLDOWN

    def refuse_while_slow(self) -> None:
        """Raises EmbedderSlow if a text has recently waited too long for the model."""
        with self._lock:
            if time.monotonic() < self._slow_until:
                raise EmbedderSlow

    def too_slow(self) -> EmbedderSlow:
        """Stop texts from waiting for the model for a while. Returns the error to raise."""
        with self._lock:
            self._slow_for = min(max(2 * self._slow_for, COOLDOWN), MAX_SLOW)
            self._slow_until = time.monotonic() + self._slow_for
        return EmbedderSlow()

    def in_time(self) -> None:
        """Note that a text did not wait too long."""
        with self._lock:
            self._slow_for = 0.0

    def failed(self, reason: str, *, logged: str = "") -> EmbedderUnavailable:
        """Begin a cooldown; the first failure of an outage is logged. Returns the error to raise.

        `logged` takes the place of a reason that may be private.
        """
        with self._lock:
            now = time.monotonic()
            self._retry_at, self._reason = now + COOLDOWN, reason
            is_first, self._down_since = self._down_since is None, self._down_since or now
        if is_first:
            logger.warning(
                "The embedding model %s is unavailable: %s Texts are indexed without vectors until it answers.",
                self._name,
                logged or reason,
            )
        return EmbedderUnavailable(reason)

    def answered(self) -> None:
        """End the outage, if there is one, and log how long it took."""
        with self._lock:
            since, self._down_since, self._retry_at = self._down_since, None, 0.0
        if since is not None:
            logger.info(
                "The embedding model %s is available again after %.0f s; missing vectors are added now.",
                self._name,
                time.monotonic() - since,
            )


@cache
def availability_of(base_url: str, model: str) -> Availability:
    """The state that all embedders of this model in this process share."""
    return Availability(base_url, model)
