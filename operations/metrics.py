"""Metrics of the processes: workers, their queues, and connections to PostgreSQL."""

from collections.abc import Iterable, Iterator

from django.db import connections
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from base.connections import valkey_client
from base.metrics import REGISTRY
from base.metrics.sources import gauge_family, source
from operations.heartbeat import ages
from operations.queue_lag import queues


@source("heartbeats")
def _heartbeats() -> Iterator[Metric]:
    family = gauge_family("worker_heartbeat_age_seconds", "Time since the last heartbeat of each worker.", ["worker"])
    for worker, age in ages().items():
        family.add_metric([worker], age)
    yield family


@source("queues")
def _queues() -> Iterator[Metric]:
    family = gauge_family("queue_length", "Tasks that no worker has taken from the queue.", ["queue"])
    for queue in queues():
        family.add_metric([queue], int(valkey_client().llen(queue)))
    yield family


class DatabasePool(Collector):
    """The connections of this process to PostgreSQL."""

    def collect(self) -> Iterable[Metric]:
        family = gauge_family("database_connections", "Connections to PostgreSQL in the pool.", ["state"])
        for alias in connections:
            pool = getattr(connections[alias], "pool", None)
            figures = pool.get_stats() if pool else {}
            size, idle = figures.get("pool_size", 0), figures.get("pool_available", 0)
            for state, count in (
                ("idle", idle),
                ("used", size - idle),
                ("waited_for", figures.get("requests_waiting", 0)),
            ):
                family.add_metric([state], count)
        yield family


REGISTRY.register(DatabasePool())
