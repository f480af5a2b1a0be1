"""One log line when PostgreSQL or Valkey stops answering and one when it answers again, whatever fails in between.

Every request, task, stream and heartbeat fails during an outage, often many times a second.
"""

import logging
import threading
import time
from collections.abc import Callable

from django.db import Error, connection

from base.connections import release_connection, valkey_client
from base.logs.errors import describe, is_outage

logger = logging.getLogger(__name__)

PROBE_EVERY = 0.5  # seconds
# Seconds after an outage in which failures still belong to it: other threads find their old connections broken.
GRACE = 10.0


class Outage:
    """Whether one server answers. `probe` asks it, and raises an exception if it does not answer."""

    def __init__(self, name: str, probe: Callable[[], object]) -> None:
        self._name = name
        self._probe = probe
        self._lock = threading.Lock()
        self._down_since: float | None = None
        self._ended_at = -GRACE

    def failed(self, what: str, error: BaseException) -> None:
        """Something failed because the server does not answer. The first failure of an outage is a warning."""
        with self._lock:
            now = time.monotonic()
            is_first = self._down_since is None and now - self._ended_at > GRACE
            if is_first:
                self._down_since = now
                threading.Thread(target=self._wait_for_end, name=f"probe of {self._name}", daemon=True).start()
        if is_first:
            logger.warning("%s does not answer: %s (%s)", self._name, describe(error), what)
        else:
            logger.debug("%s does not answer: %s (%s)", self._name, describe(error), what, exc_info=error)

    def forget(self) -> None:
        """Begin anew, without a line for the end of this outage."""
        with self._lock:
            self._down_since, self._ended_at = None, -GRACE

    def _wait_for_end(self) -> None:
        while not self._answers():
            time.sleep(PROBE_EVERY)
        with self._lock:
            if self._down_since is None:
                return
            self._ended_at = time.monotonic()
            seconds, self._down_since = self._ended_at - self._down_since, None
        logger.warning("%s answers again after %.1f s.", self._name, seconds)

    def _answers(self) -> bool:
        """Whether the server answers, or its outage is forgotten."""
        try:
            if self._down_since is not None:
                self._probe()
        except Exception as error:  # without this thread, the outage would never end
            logger.debug("%s does not answer: %s", self._name, describe(error))
            return False
        return True


def _ask_postgresql() -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    finally:
        release_connection()


POSTGRESQL = Outage("PostgreSQL", _ask_postgresql)
VALKEY = Outage("Valkey", lambda: valkey_client().ping())


def note_outage(what: str, error: BaseException | None) -> bool:
    """Whether `what` happened because PostgreSQL or Valkey does not answer. If so, that has been logged."""
    if error is None or not is_outage(error):
        return False
    (POSTGRESQL if isinstance(error, Error) else VALKEY).failed(what, error)
    return True


def log_failure(what: str, error: BaseException) -> None:
    """Log a failure that needs no traceback: once for each outage, and otherwise each time."""
    if not note_outage(what, error):
        cause = f" ({describe(error.__cause__)})" if error.__cause__ else ""
        logger.warning("%s: %s%s", what, describe(error), cause)
