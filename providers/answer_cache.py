"""A memory of slow answers: what was known is served at once, and asked anew in the background."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock
from time import monotonic
from typing import Generic, TypeVar

Answer = TypeVar("Answer")

MOST = 1_000  # answers kept
ASKING_AT_ONCE = 8


@dataclass(frozen=True)
class Kept(Generic[Answer]):
    answer: Answer
    at: float
    fresh_for: float

    def age(self) -> float:
        return monotonic() - self.at


class Shelf(Generic[Answer]):
    """One question is asked once at a time. `ask` must not raise, and must end by itself."""

    def __init__(self, fresh_for: Callable[[Answer], float]) -> None:
        """`fresh_for`: seconds for which an answer is not asked again; a failure's are few."""
        self._fresh_for = fresh_for
        self._kept: OrderedDict[Hashable, Kept[Answer]] = OrderedDict()
        self._asking: dict[Hashable, Future[Answer]] = {}
        self._lock = Lock()
        self._threads = ThreadPoolExecutor(ASKING_AT_ONCE, thread_name_prefix="shelf")

    def look(self, question: Hashable, ask: Callable[[], Answer], *, stale_for: float, wait: float) -> Answer | None:
        """The kept answer at once when it is fresh, or not older than `stale_for` seconds; asked anew unless fresh.

        An older one is only the way out when no new one comes within `wait` seconds. None when there is none at all.
        """
        with self._lock:
            kept = self._kept.get(question)
            if kept is not None and kept.age() < kept.fresh_for:
                return kept.answer
            asking = self._asking.get(question)
            if asking is None:
                asking = self._asking[question] = self._threads.submit(self._ask, question, ask)
        if kept is not None and kept.age() < stale_for:
            return kept.answer
        try:
            return asking.result(wait)
        except TimeoutError:
            return kept.answer if kept is not None else None

    def _ask(self, question: Hashable, ask: Callable[[], Answer]) -> Answer:
        try:
            answer = ask()
            with self._lock:
                self._kept[question] = Kept(answer, monotonic(), self._fresh_for(answer))
                self._kept.move_to_end(question)
                while len(self._kept) > MOST:
                    self._kept.popitem(last=False)
            return answer
        finally:
            with self._lock:
                self._asking.pop(question, None)
