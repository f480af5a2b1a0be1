"""Checks run in parallel; one that needs another is skipped unless that one passed."""

import threading
from collections.abc import Sequence

from operations.checks.findings import Check, Finding, failure, ok, warning
from operations.doctor.examination import examine


def passing() -> Sequence[Finding]:
    return [ok("It works.")]


def test_checks_that_need_others_run_after_them_and_the_order_is_kept() -> None:
    ran: list[str] = []

    def first() -> Sequence[Finding]:
        ran.append("first")
        return [ok("")]

    def second() -> Sequence[Finding]:
        ran.append("second")
        return [ok("")]

    examination = examine([Check("second", second, needs=("first",)), Check("first", first)])
    assert ran == ["first", "second"]
    assert list(examination.findings) == ["second", "first"]
    assert examination.level == "ok"


def test_what_needs_a_failed_or_skipped_check_is_skipped() -> None:
    examination = examine(
        [
            Check("server", lambda: [failure("It is down.", "Start it.")]),
            Check("table", passing, needs=("server",)),
            Check("row", passing, needs=("other", "table")),
            Check("other", passing),
        ]
    )
    assert set(examination.findings) == {"server", "other"}
    assert examination.skipped == {"table": "server", "row": "table"}
    assert examination.level == "failure"


def test_a_warning_keeps_what_needs_the_check_from_running() -> None:
    """For example, a server that has not been started yet."""
    waiting = Check("server", lambda: [warning("Not started yet.", "Start it.")])
    assert examine([waiting, Check("table", passing, needs=("server",))]).skipped == {"table": "server"}


def test_a_check_that_hangs_delays_the_others_only_until_its_limit() -> None:
    released = threading.Event()

    def hang() -> Sequence[Finding]:
        released.wait(30)
        return [ok("")]

    examination = examine([Check("slow", hang, seconds=0.05), Check("fast", passing)])
    assert not released.is_set()
    released.set()
    assert "no answer within 0.05 s" in examination.findings["slow"][0].message
    assert examination.findings["fast"][0].level == "ok"


def test_more_checks_than_there_are_cores_wait_for_each_other_at_the_same_time() -> None:
    barrier = threading.Barrier(20, timeout=10)

    def meet() -> Sequence[Finding]:
        barrier.wait()
        return [ok("")]

    assert examine([Check(str(number), meet) for number in range(20)]).level == "ok"
