"""Workers: their heartbeats, whether periodic tasks are sent, and how long tasks wait."""

import pytest

from base.connections import valkey_client
from operations import heartbeat, queue_lag
from operations.checks.workers import queue, worker


@pytest.fixture
def periodic_tasks_run() -> None:
    valkey_client().set(queue_lag.SENT, heartbeat.valkey_time().timestamp())


def test_a_worker_whose_heartbeat_stopped_is_a_failure() -> None:
    heartbeat.record_heartbeat("worker@here")
    assert [finding.level for finding in worker()] == ["ok"]
    valkey_client().zadd(heartbeat.WORKERS, {"worker@here": heartbeat.valkey_time().timestamp() - 31})
    assert [finding.level for finding in worker()] == ["failure"]


def test_periodic_tasks_that_are_no_longer_sent_are_a_warning(periodic_tasks_run: None) -> None:
    assert [finding.level for finding in queue()] == ["ok"]
    valkey_client().set(queue_lag.SENT, heartbeat.valkey_time().timestamp() - 61)
    [finding] = queue()
    assert (finding.level, "Start a worker" in finding.advice) == ("warning", True)


def test_a_queue_in_which_nothing_moves_is_a_warning(periodic_tasks_run: None) -> None:
    name = queue_lag.queues()[0]
    valkey_client().hset(
        f"queue-lag:{name}", mapping={"seconds": 0.01, "waiting_since": heartbeat.valkey_time().timestamp() - 40}
    )
    [finding] = queue()
    assert finding.level == "warning"
    assert f"Tasks wait 40 s in the queue {name}" in finding.message
