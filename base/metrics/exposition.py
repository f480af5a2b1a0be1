"""Everything that Prometheus gets, in its text format."""

from collections.abc import Iterable, Iterator

from prometheus_client import generate_latest
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from base.metrics import REGISTRY
from base.metrics.snapshots import of_process
from base.metrics.sources import read_sources


def exposition(process: str) -> bytes:
    """The metrics of this process, of the workers, and of what they share. It takes up to two seconds."""
    return generate_latest(_Families([*of_process(REGISTRY.collect(), process), *read_sources()]))


class _Families(Collector):
    """The metrics with the samples of each name together, as the format demands."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._families: dict[str, Metric] = {}
        for metric in metrics:
            empty = Metric(metric.name, metric.documentation, metric.type)
            self._families.setdefault(metric.name, empty).samples += metric.samples

    def collect(self) -> Iterator[Metric]:
        yield from self._families.values()
