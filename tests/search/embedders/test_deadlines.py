import math
import threading
import time

import pytest

from search.embedders import deadlines
from search.embedders.deadlines import Patience, within


def test_a_result_and_an_error_reach_the_caller() -> None:
    assert within(10, lambda: 6 * 7) == 42
    with pytest.raises(ZeroDivisionError):
        within(10, lambda: 1 // 0)


def test_a_function_that_takes_too_long_is_left_behind() -> None:
    release, ended = threading.Event(), threading.Event()

    def work() -> None:
        release.wait(60)
        ended.set()

    with pytest.raises(TimeoutError):
        within(0.05, work)
    release.set()
    assert ended.wait(10)


def test_functions_that_were_left_behind_cannot_take_all_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadlines, "_free", threading.BoundedSemaphore(1))
    release = threading.Event()
    with pytest.raises(TimeoutError):
        within(0.05, lambda: release.wait(60))
    with pytest.raises(TimeoutError):
        within(0.05, lambda: "never called")
    release.set()
    assert within(10, lambda: "called") == "called"


def test_the_last_request_gets_what_is_left() -> None:
    assert Patience(60.0).seconds == 60.0
    assert Patience(60.0, time.monotonic() + 2.0).seconds <= 2.0
    assert 0 < Patience(60.0, time.monotonic() - 2.0).seconds < 0.1
    assert Patience(60.0).until == math.inf
