"""Metrics for Prometheus: the counters and histograms of this process, and what is read when Prometheus asks.

The `metrics` module of each app defines the app's own. Labels have few values, which the program chooses: no ids, and
no text of users.
"""

from collections.abc import Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics
from prometheus_client.process_collector import ProcessCollector

NAMESPACE = "memoryloop"
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)

disable_created_metrics()  # a series with the time of creation for each counter, which nothing of ours reads
REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)


def counter(name: str, documentation: str, labels: Sequence[str] = ()) -> Counter:
    return Counter(name, documentation, labels, namespace=NAMESPACE, registry=REGISTRY)


def gauge(name: str, documentation: str, labels: Sequence[str] = ()) -> Gauge:
    return Gauge(name, documentation, labels, namespace=NAMESPACE, registry=REGISTRY)


def histogram(
    name: str, documentation: str, labels: Sequence[str] = (), *, buckets: Sequence[float] = SECONDS
) -> Histogram:
    return Histogram(name, documentation, labels, namespace=NAMESPACE, registry=REGISTRY, buckets=buckets)
