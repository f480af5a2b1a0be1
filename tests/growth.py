"""Measures how the cost of a function grows with its input. A ratio does not depend on how busy the machine is."""

import gc
import time
from collections.abc import Callable

MAX_RATIO = 3.0  # of the CPU time for twice the input; 2 is linear, 4 is quadratic
MIN_SECONDS = 0.002  # less than this is noise, whatever the ratio is


def assert_linear(function: Callable[[str], object], text_of: Callable[[int], str], size: int) -> None:
    """Fail if `function` takes much more than twice as long for `text_of(2 * size)` as for `text_of(size)`."""
    half, whole = text_of(size), text_of(2 * size)
    assert whole != half
    for repeat in (1, 3, 3):  # noise is rare, and superlinear cost is there each time
        before, after = cost(function, half, repeat), cost(function, whole, repeat)
        if after < max(MIN_SECONDS, MAX_RATIO * before):
            return
    raise AssertionError(f"{len(half)} characters {half[:20]!r}… take {before:.4f} s, {len(whole)} take {after:.4f} s")


def cost(function: Callable[[str], object], text: str, repeat: int = 3) -> float:
    """Seconds of CPU time in this thread, the least of several runs."""
    return min(_seconds(function, text) for _run in range(repeat))


def _seconds(function: Callable[[str], object], text: str) -> float:
    gc.disable()  # a collection looks at all objects of the test run, which is no cost of this function
    try:
        start = time.thread_time()
        function(text)
        return time.thread_time() - start
    finally:
        gc.enable()
