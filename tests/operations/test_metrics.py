"""The figures of the processes."""

import pytest
from celery import current_app
from prometheus_client.core import Metric

from base.jobs import RUNS
from base.metrics import REGISTRY, sources
from base.metrics.sources import read_sources
from chat.models import MessageStatus
from operations.heartbeat import record_heartbeat
from tests.factories import MessageFactory

pytestmark = pytest.mark.django_db(transaction=True)


def values(metrics: list[Metric], name: str) -> dict[str, float]:
    [metric] = [metric for metric in metrics if metric.name == f"memoryloop_{name}"]
    return {next(iter(sample.labels.values())): sample.value for sample in metric.samples}


@pytest.fixture(autouse=True)
def read_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "CACHED_FOR", 0.0)


def test_each_worker_has_the_age_of_its_heartbeat() -> None:
    record_heartbeat("celery@one")
    [(worker, age)] = values(read_sources(), "worker_heartbeat_age_seconds").items()
    assert worker == "celery@one"
    assert -5 < age < 60


def test_a_queue_has_the_number_of_its_tasks() -> None:
    for _number in range(2):
        current_app.send_task("tests.unknown")
    current_app.send_task("tests.unknown", queue=RUNS)
    assert values(read_sources(), "queue_length") == {"celery": 2, "runs": 1}


def test_replies_that_wait_and_that_are_written_are_counted_apart() -> None:
    for _number in range(2):
        MessageFactory(role="assistant", status=MessageStatus.GENERATING, content="")
    assert values(read_sources(), "replies_unfinished") == {"waiting": 2, "running": 0}


def test_the_connections_of_the_pool_are_those_of_this_process() -> None:
    found = values(list(REGISTRY.collect()), "database_connections")
    assert set(found) <= {"idle", "used", "waited_for"}
