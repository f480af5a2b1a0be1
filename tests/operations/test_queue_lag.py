"""Queue lag is measured by a task that beat sends and a worker takes."""

from collections.abc import Callable

import pytest

from base.connections import valkey_client
from base.jobs import PERIODIC_TASKS
from operations import queue_lag
from operations.tasks import measure_queue_lag
from tests.processes import Child
from tests.waiting import wait_until


def test_beat_sends_the_task_into_every_queue() -> None:
    scheduled = [entry for entry in PERIODIC_TASKS.values() if entry["task"] == queue_lag.TASK]
    assert [entry["options"]["queue"] for entry in scheduled] == queue_lag.queues()


def test_a_task_that_nobody_takes_counts_with_the_time_that_it_has_waited() -> None:
    assert set(queue_lag.lags().values()) == {None}
    [queue] = queue_lag.queues()
    measure_queue_lag.apply_async(queue=queue)
    key = f"queue-lag:{queue}"
    sent_at = float(str(valkey_client().hget(key, "waiting_since")))
    valkey_client().hset(key, "waiting_since", sent_at - 90)
    measure_queue_lag.apply_async(queue=queue)  # a second task does not hide how long the first has waited
    assert (queue_lag.lags()[queue] or 0) >= 90
    seen = queue_lag.beat_last_seen()
    assert seen is not None
    assert seen.timestamp() >= sent_at


@pytest.mark.slow
def test_a_worker_records_how_long_the_task_waited(start_worker: Callable[..., Child]) -> None:
    [queue] = queue_lag.queues()
    measure_queue_lag.apply_async(queue=queue)
    key = f"queue-lag:{queue}"
    start_worker()
    wait_until(lambda: valkey_client().hexists(key, "seconds"))
    assert 0 <= float(str(valkey_client().hget(key, "seconds"))) < 60
    assert not valkey_client().hexists(key, "waiting_since")
