"""Worker and beat: their heartbeats, and how long tasks wait."""

import pytest

from base.connections import valkey_client
from operations import heartbeat, queue_lag
from operations.checks.workers import queue, worker


@pytest.fixture
def beat_runs() -> None:
    valkey_client().set(queue_lag.BEAT, queue_lag.valkey_time())


def test_a_worker_whose_heartbeat_stopped_is_a_failure() -> None:
    heartbeat.record_heartbeat("worker@here")
    assert [finding.level for finding in worker()] == ["ok"]
    valkey_client().zadd(heartbeat.WORKERS, {"worker@here": queue_lag.valkey_time() - 31})
    assert [finding.level for finding in worker()] == ["failure"]


def test_a_beat_that_stopped_is_a_warning(beat_runs: None) -> None:
    assert [finding.level for finding in queue()] == ["ok"]
    valkey_client().set(queue_lag.BEAT, queue_lag.valkey_time() - 61)
    [finding] = queue()
    assert (finding.level, "Start beat" in finding.advice) == ("warning", True)


def test_a_queue_in_which_nothing_moves_is_a_warning(beat_runs: None) -> None:
    [name] = queue_lag.queues()
    valkey_client().hset(f"queue-lag:{name}", mapping={"seconds": 0.01, "waiting_since": queue_lag.valkey_time() - 40})
    [finding] = queue()
    assert finding.level == "warning"
    assert f"Tasks wait 40 s in the queue {name}" in finding.message
