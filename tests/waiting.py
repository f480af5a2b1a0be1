"""Waiting for something that another process or thread does: asked again until a deadline, never slept and hoped."""

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

PAUSE = 0.02  # seconds between two questions


def wait_until(predicate: Callable[[], Found | None], seconds: float = 10.0) -> Found:
    """What `predicate` answers as soon as it is true; AssertionError with its last answer when time is up."""
    end = time.monotonic() + seconds
    while True:
        answer = predicate()
        if answer:
            return answer
        assert time.monotonic() < end, f"not within {seconds:g} seconds; the last answer was {answer!r}"
        time.sleep(PAUSE)
