from concurrent.futures import ThreadPoolExecutor
from threading import Event

from providers.model_list.answer_cache import MAX_ANSWERS, AnswerCache
from tests.waiting import wait_until


def test_a_fresh_answer_is_not_requested_again() -> None:
    cache = AnswerCache[int](lambda _: 60)
    answers = iter(range(10))
    assert [cache.get("q", lambda: next(answers), stale_for=0, wait=1) for _ in range(3)] == [0, 0, 0]


def test_a_stale_answer_is_returned_immediately_and_refreshed_in_the_background() -> None:
    cache = AnswerCache[int](lambda _: 0)
    answers = iter(range(10))
    cache.get("q", lambda: next(answers), stale_for=0, wait=1)
    release = Event()

    def slow() -> int:
        release.wait(5)
        return 7

    assert cache.get("q", slow, stale_for=60, wait=5) == 0
    release.set()
    assert wait_until(lambda: cache.get("q", lambda: 7, stale_for=60, wait=0) == 7)


def test_no_call_waits_longer_than_allowed() -> None:
    cache = AnswerCache[int](lambda _: 60)
    release = Event()

    def hanging() -> int:
        release.wait(5)
        return 1

    assert cache.get("q", hanging, stale_for=60, wait=0) is None
    assert cache.get("q", hanging, stale_for=0, wait=0.05) is None
    release.set()
    assert cache.get("q", hanging, stale_for=0, wait=5) == 1


def test_a_question_has_one_request_at_a_time() -> None:
    cache = AnswerCache[int](lambda _: 60)
    requests: list[int] = []
    release = Event()

    def request() -> int:
        requests.append(1)
        release.wait(5)
        return 1

    with ThreadPoolExecutor(8) as threads:
        answers = [threads.submit(cache.get, "q", request, stale_for=0, wait=5) for _ in range(8)]
        wait_until(lambda: requests)
        release.set()
        assert {answer.result() for answer in answers} == {1}
    assert len(requests) == 1


def test_the_oldest_answers_are_dropped() -> None:
    cache = AnswerCache[int](lambda _: 60)
    for number in range(MAX_ANSWERS + 1):
        cache.get(number, lambda: 1, stale_for=0, wait=5)
    assert cache.get(0, lambda: 2, stale_for=0, wait=5) == 2
    assert cache.get(MAX_ANSWERS, lambda: 2, stale_for=0, wait=5) == 1
