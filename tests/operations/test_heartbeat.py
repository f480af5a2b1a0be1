"""Workers record heartbeats, and the newest one counts."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from base.connections import valkey_client
from operations import heartbeat
from tests.processes import Child
from tests.waiting import wait_until


def test_without_a_worker_there_is_no_heartbeat() -> None:
    assert heartbeat.last_seen() is None


def test_the_newest_heartbeat_counts() -> None:
    valkey_client().zadd(heartbeat.WORKERS, {"old@host": 1000.0})
    heartbeat.record_heartbeat("new@host")
    seen = heartbeat.last_seen()
    assert seen is not None
    assert timezone.now() - seen < timedelta(seconds=5)


def test_old_heartbeats_are_removed() -> None:
    valkey_client().zadd(heartbeat.WORKERS, {"old@host": 1000.0})
    heartbeat.record_heartbeat("new@host")
    assert valkey_client().zrange(heartbeat.WORKERS, 0, -1) == ["new@host"]


@pytest.mark.parametrize("skew", [timedelta(hours=1), timedelta(hours=-1)])
def test_the_clock_of_a_workers_host_does_not_matter(skew: timedelta) -> None:
    with time_machine.travel(timezone.now() + skew, tick=True):
        heartbeat.record_heartbeat("worker@there")
    seen = heartbeat.last_seen()
    assert seen is not None
    assert abs(heartbeat.valkey_time() - seen) < timedelta(seconds=5)


@pytest.mark.slow
def test_a_running_worker_records_its_heartbeat(worker: Child) -> None:
    seen = wait_until(heartbeat.last_seen)
    assert timezone.now() - seen < timedelta(seconds=10)
