"""Queue lag is measured by a task that is sent periodically and that a worker takes."""

from collections.abc import Callable

import pytest

from base.connections import valkey_client
from base.jobs import PERIODIC_TASKS
from operations import queue_lag
from operations.tasks import measure_queue_lag
from tests.processes import Child
from tests.waiting import wait_until

KEY = "queue-lag:celery"


def state(name: str) -> float:
    return float(str(valkey_client().hget(KEY, name)))


def test_the_task_is_sent_periodically() -> None:
    assert queue_lag.TASK in PERIODIC_TASKS


def test_a_task_that_no_worker_takes_counts_with_the_time_that_it_has_waited() -> None:
    assert set(queue_lag.lags().values()) == {None}
    measure_queue_lag.apply_async()
    sent_at = state("waiting_since")
    valkey_client().hset(KEY, "waiting_since", sent_at - 90)
    measure_queue_lag.apply_async()  # a second task does not hide how long the first has waited
    assert (queue_lag.lags()["celery"] or 0) >= 90
    last_sent = queue_lag.last_sent()
    assert last_sent is not None
    assert last_sent.timestamp() >= sent_at


@pytest.mark.slow
def test_a_worker_records_how_long_each_task_waited(start_worker: Callable[..., Child]) -> None:
    measure_queue_lag.apply_async(expires=0.1)  # it has expired before the worker takes it
    sent_at = state("waiting_since")
    start_worker()
    wait_until(lambda: valkey_client().hexists(KEY, "seconds"))
    expired_after = state("seconds")
    assert 0.1 < expired_after < 60
    valkey_client().hset(KEY, "seconds", 1000)
    measure_queue_lag.apply_async()
    wait_until(lambda: state("seconds") < 1000)
    assert state("seconds") < expired_after
    wait_until(lambda: not valkey_client().hexists(KEY, "waiting_since"))
    last_sent = queue_lag.last_sent()
    assert last_sent is not None
    assert last_sent.timestamp() > sent_at
    wait_until(lambda: valkey_client().hexists("queue-lag:runs", "seconds"))  # it went through the other queue too
