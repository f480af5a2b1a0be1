"""Workers record heartbeats, and the newest one counts."""

from datetime import timedelta

import pytest
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


@pytest.mark.slow
def test_a_running_worker_records_its_heartbeat(worker: Child) -> None:
    seen = wait_until(heartbeat.last_seen)
    assert timezone.now() - seen < timedelta(seconds=10)
