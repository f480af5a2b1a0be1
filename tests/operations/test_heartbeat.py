"""A worker says that it lives."""

from datetime import timedelta

import pytest
from django.utils import timezone

from base.connections import valkey_client
from operations import heartbeat
from tests.processes import Child
from tests.waiting import wait_until


def test_without_a_worker_none_was_seen() -> None:
    assert heartbeat.last_seen() is None


def test_the_newest_sign_of_life_counts() -> None:
    valkey_client().zadd(heartbeat.WORKERS, {"old@host": 1000.0})
    heartbeat.say_alive("new@host")
    seen = heartbeat.last_seen()
    assert seen is not None
    assert timezone.now() - seen < timedelta(seconds=5)


def test_a_worker_that_left_long_ago_is_forgotten() -> None:
    valkey_client().zadd(heartbeat.WORKERS, {"old@host": 1000.0})
    heartbeat.say_alive("new@host")
    assert valkey_client().zrange(heartbeat.WORKERS, 0, -1) == ["new@host"]


@pytest.mark.slow
def test_a_running_worker_is_seen(worker: Child) -> None:
    seen = wait_until(heartbeat.last_seen)
    assert timezone.now() - seen < timedelta(seconds=10)
