"""The metrics of workers, which serve no HTTP: each worker publishes its own in Valkey, where web processes read them.

Unlike files this also works with workers on other hosts, and it needs no port. Decision 25 has the alternatives.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any, cast

from prometheus_client.core import Metric

from base.connections import valkey_client
from base.metrics import REGISTRY
from base.metrics.sources import source

PROCESSES = "metrics"  # a set in Valkey: the names of the processes that have published
KEPT_FOR = 30  # seconds; a worker publishes every five


def publish(process: str) -> None:
    """Store the metrics of this process under its name. Raises redis.RedisError."""
    snapshot = [
        [metric.name, metric.documentation, metric.type, [[*sample[:3]] for sample in metric.samples]]
        for metric in REGISTRY.collect()
    ]
    with valkey_client().pipeline(transaction=False) as pipe:
        pipe.set(_key(process), json.dumps(snapshot), ex=KEPT_FOR)
        pipe.sadd(PROCESSES, process)
        pipe.execute()


@source("workers")
def published() -> Iterator[Metric]:
    """The metrics that other processes have published lately. Raises redis.RedisError."""
    names = sorted(cast("set[str]", valkey_client().smembers(PROCESSES)))
    snapshots: list[str | None] = cast(Any, valkey_client().mget([_key(name) for name in names])) if names else []
    for name, snapshot in zip(names, snapshots, strict=True):
        if snapshot is None:
            valkey_client().srem(PROCESSES, name)
        else:
            yield from of_process((_metric(*values) for values in json.loads(snapshot)), name)


def of_process(metrics: Iterable[Metric], process: str) -> Iterator[Metric]:
    """The metrics with a label that says whose they are."""
    for metric in metrics:
        labeled = Metric(metric.name, metric.documentation, metric.type)
        for name, labels, value, *_rest in metric.samples:
            labeled.add_sample(name, {**labels, "process": process}, value)
        yield labeled


def _metric(name: str, documentation: str, kind: str, samples: Iterable[tuple[str, dict[str, str], float]]) -> Metric:
    metric = Metric(name, documentation, kind)
    for sample in samples:
        metric.add_sample(*sample)
    return metric


def _key(process: str) -> str:
    return f"metrics:{process}"
