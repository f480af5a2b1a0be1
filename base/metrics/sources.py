"""Figures that are read when Prometheus asks: from PostgreSQL and Valkey, which all processes share.

Their cost is limited. Each source is read every CACHED_FOR seconds at most, and a response waits for TIMEOUT at most.
A source that hangs keeps one thread, and it is not read again until that thread is free.
"""

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from time import monotonic

from prometheus_client.core import GaugeMetricFamily, Metric

from base.connections import release_connection
from base.logs.outages import note_outage
from base.metrics import NAMESPACE
from base.postgresql.acting import acting_for_all_users

logger = logging.getLogger(__name__)

CACHED_FOR = 5.0  # seconds
TIMEOUT = 2.0  # seconds; Prometheus itself waits for ten
MAX_AGE = 60.0  # seconds for which figures are shown while their source does not answer

Read = Callable[[], Iterable[Metric]]


@dataclass
class _Source:
    name: str
    read: Read
    figures: Sequence[Metric] = ()
    read_at: float = float("-inf")
    running: "Future[list[Metric]] | None" = field(default=None, repr=False)


_sources: dict[str, _Source] = {}
_threads = ThreadPoolExecutor(max_workers=8, thread_name_prefix="metrics")
_lock = threading.Lock()


def source(name: str) -> Callable[[Read], Read]:
    """Register a function that reads figures. It is called in a thread of its own, outside of a transaction."""

    def register(read: Read) -> Read:
        _sources[name] = _Source(name, read)
        return read

    return register


def gauge_family(name: str, documentation: str, labels: Sequence[str] = ()) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"{NAMESPACE}_{name}", documentation, labels=labels)


def read_sources() -> list[Metric]:
    """The figures of all sources, and for each source whether it has answered."""
    with _lock:
        started = [source for source in _sources.values() if _start(source)]
        wait([source.running for source in started if source.running], timeout=TIMEOUT)
        answered = gauge_family("source_up", "Whether the figures of this source could be read.", ["source"])
        figures: list[Metric] = [answered]
        for source in _sources.values():
            answered.add_metric([source.name], float(_collect(source)))
            if monotonic() - source.read_at < MAX_AGE:
                figures += source.figures
    return figures


def _start(source: _Source) -> bool:
    """Begin to read the source, unless its figures are new. Whether it is being read."""
    if source.running is None and monotonic() - source.read_at >= CACHED_FOR:
        source.running = _threads.submit(_read, source)
    return source.running is not None


@acting_for_all_users("metrics count the rows of all users")
def _read(source: _Source) -> list[Metric]:
    try:
        return list(source.read())
    finally:
        release_connection()


def _collect(source: _Source) -> bool:
    """Keep the result of a read that has ended. Whether the figures are new."""
    if source.running is not None and source.running.done():
        error = source.running.exception()
        if error is None:
            source.figures, source.read_at = source.running.result(), monotonic()
        elif not note_outage(f"the metrics of {source.name} were not read", error):
            logger.error("The metrics of %s could not be read.", source.name, exc_info=error)
        source.running = None
    return source.running is None and monotonic() - source.read_at < CACHED_FOR
