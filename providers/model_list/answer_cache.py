"""A cache of slow answers: a known answer is returned immediately and refreshed in the background."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock
from time import monotonic
from typing import Generic, TypeVar

Answer = TypeVar("Answer")

MAX_ANSWERS = 1_000
MAX_CONCURRENT_REQUESTS = 8


@dataclass(frozen=True)
class CachedAnswer(Generic[Answer]):
    answer: Answer
    stored_at: float
    fresh_for: float

    def age(self) -> float:
        return monotonic() - self.stored_at


class AnswerCache(Generic[Answer]):
    """Each question has at most one request running at a time. `request` must not raise, and must return eventually."""

    def __init__(self, fresh_for: Callable[[Answer], float]) -> None:
        """`fresh_for`: the seconds for which an answer is not requested again; a failure should get only a few."""
        self._fresh_for = fresh_for
        self._answers: OrderedDict[Hashable, CachedAnswer[Answer]] = OrderedDict()
        self._running: dict[Hashable, Future[Answer]] = {}
        self._lock = Lock()
        self._threads = ThreadPoolExecutor(MAX_CONCURRENT_REQUESTS, thread_name_prefix="answer-cache")

    def get(self, question: Hashable, request: Callable[[], Answer], *, stale_for: float, wait: float) -> Answer | None:
        """The answer to this question; None if there is none within `wait` seconds.

        A fresh answer is returned as it is. An answer that is no longer fresh starts a request for a new one, and is
        returned immediately if it is at most `stale_for` seconds old. An older answer is returned only if the new one
        does not arrive within `wait` seconds.
        """
        with self._lock:
            cached = self._answers.get(question)
            if cached is not None and cached.age() < cached.fresh_for:
                return cached.answer
            running = self._running.get(question)
            if running is None:
                running = self._running[question] = self._threads.submit(self._request, question, request)
        if cached is not None and cached.age() < stale_for:
            return cached.answer
        try:
            return running.result(wait)
        except TimeoutError:
            return cached.answer if cached is not None else None

    def _request(self, question: Hashable, request: Callable[[], Answer]) -> Answer:
        try:
            answer = request()
            with self._lock:
                self._answers[question] = CachedAnswer(answer, monotonic(), self._fresh_for(answer))
                self._answers.move_to_end(question)
                while len(self._answers) > MAX_ANSWERS:
                    self._answers.popitem(last=False)
            return answer
        finally:
            with self._lock:
                self._running.pop(question, None)
