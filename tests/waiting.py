"""Waiting for what another process or thread does."""

import time
from collections.abc import Callable
from typing import TypeVar

Answer = TypeVar("Answer")

INTERVAL = 0.02  # seconds


def wait_until(predicate: Callable[[], Answer | None], seconds: float = 10.0) -> Answer:
    """Call `predicate` until its answer is true, and return that. Raises AssertionError after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        answer = predicate()
        if answer:
            return answer
        assert time.monotonic() < deadline, f"Not within {seconds:g} seconds. The last answer was {answer!r}."
        time.sleep(INTERVAL)
