"""How long to wait for a model server. A socket's own timeout starts anew with every byte, so it is not enough."""

import math
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TypeVar

MAX_THREADS = 64  # also counts those that still wait for a server after their caller has given up

Result = TypeVar("Result")

_free = threading.BoundedSemaphore(MAX_THREADS)


@dataclass(frozen=True)
class Patience:
    """Seconds to wait for each request; `until` is the time.monotonic() at which waiting for all of them ends."""

    per_request: float
    until: float = math.inf
    text_waits: bool = False

    @property
    def seconds(self) -> float:
        """How long the next request may take."""
        return max(min(self.per_request, self.until - time.monotonic()), 0.001)


def within(seconds: float, function: Callable[[], Result]) -> Result:
    """The result of the function, which runs in a thread of its own. Raises TimeoutError after `seconds`.

    The thread is then left to itself, so the function needs timeouts of its own for what it waits for.
    """
    deadline = time.monotonic() + seconds
    future: Future[Result] = Future()
    if not _free.acquire(timeout=seconds):
        raise TimeoutError

    def work() -> None:
        try:
            future.set_result(function())
        except BaseException as error:
            future.set_exception(error)
        finally:
            _free.release()

    try:
        threading.Thread(target=work, name="embedder", daemon=True).start()
    except RuntimeError:  # the system allows no more threads
        _free.release()
        raise TimeoutError from None
    return future.result(max(0.0, deadline - time.monotonic()))
