"""What a worker publishes is what a web process serves."""

from base.connections import valkey_client
from base.metrics import counter
from base.metrics.snapshots import PROCESSES, publish, published

EVENTS = counter("test_events", "Events of this test.", ["kind"])


def values(process: str) -> dict[str, float]:
    found = [sample for metric in published() for sample in metric.samples if sample.labels["process"] == process]
    return {sample.labels["kind"]: sample.value for sample in found if sample.name == "memoryloop_test_events_total"}


def test_the_counters_of_a_worker_are_served_with_its_name() -> None:
    EVENTS.labels("good").inc(2)
    publish("celery@one")
    EVENTS.labels("bad").inc()
    publish("celery@two")
    assert values("celery@one") == {"good": 2}
    assert values("celery@two") == {"good": 2, "bad": 1}


def test_a_worker_that_has_ended_is_forgotten() -> None:
    publish("celery@one")
    publish("celery@two")
    assert 0 < int(valkey_client().ttl("metrics:celery@one")) <= 30
    valkey_client().delete("metrics:celery@one")
    assert {sample.labels["process"] for metric in published() for sample in metric.samples} == {"celery@two"}
    assert valkey_client().smembers(PROCESSES) == {"celery@two"}
