"""Waiting for an effect of another process or thread."""

import time
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")

INTERVAL = 0.02  # seconds


def wait_until(predicate: Callable[[], Result | None], seconds: float = 10.0) -> Result:
    """Call `predicate` until its result is true, and return that result. Raises AssertionError after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        result = predicate()
        if result:
            return result
        assert time.monotonic() < deadline, f"Still {result!r} after {seconds:g} seconds."
        time.sleep(INTERVAL)
