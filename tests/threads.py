"""Calls at the same moment."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connection

from base.postgresql.acting import keep_acting

Result = TypeVar("Result")
Expected = TypeVar("Expected", bound=Exception)


def run_together(calls: Sequence[Callable[[], Result]], *, expected: type[Expected]) -> list[Result | Expected]:
    """The result or the `expected` error of each call. All start together, each in a thread with its own connection."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], Result]) -> Result | Expected:
        barrier.wait(20)
        try:
            return call()
        except expected as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(keep_acting(run), calls))
