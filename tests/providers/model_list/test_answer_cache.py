from concurrent.futures import ThreadPoolExecutor
from threading import Event

from providers.model_list.answer_cache import MAX_ANSWERS, AnswerCache
from tests.waiting import wait_until


def test_a_fresh_answer_is_not_asked_again() -> None:
    cache = AnswerCache[int](lambda _: 60)
    asked = iter(range(10))
    assert [cache.get("q", lambda: next(asked), stale_for=0, wait=1) for _ in range(3)] == [0, 0, 0]


def test_a_stale_answer_is_shown_at_once_and_asked_anew_behind() -> None:
    cache = AnswerCache[int](lambda _: 0)
    asked = iter(range(10))
    cache.get("q", lambda: next(asked), stale_for=0, wait=1)
    release = Event()

    def slow() -> int:
        release.wait(5)
        return 7

    assert cache.get("q", slow, stale_for=60, wait=5) == 0
    release.set()
    assert wait_until(lambda: cache.get("q", lambda: 7, stale_for=60, wait=0) == 7)


def test_nothing_is_waited_for_longer_than_said() -> None:
    cache = AnswerCache[int](lambda _: 60)
    release = Event()

    def hanging() -> int:
        release.wait(5)
        return 1

    assert cache.get("q", hanging, stale_for=60, wait=0) is None
    assert cache.get("q", hanging, stale_for=0, wait=0.05) is None
    release.set()
    assert cache.get("q", hanging, stale_for=0, wait=5) == 1


def test_one_question_is_asked_once_at_a_time() -> None:
    cache = AnswerCache[int](lambda _: 60)
    asked: list[int] = []
    release = Event()

    def ask() -> int:
        asked.append(1)
        release.wait(5)
        return 1

    with ThreadPoolExecutor(8) as people:
        looks = [people.submit(cache.get, "q", ask, stale_for=0, wait=5) for _ in range(8)]
        wait_until(lambda: asked)
        release.set()
        assert {look.result() for look in looks} == {1}
    assert len(asked) == 1


def test_the_oldest_answers_make_room() -> None:
    cache = AnswerCache[int](lambda _: 60)
    for number in range(MAX_ANSWERS + 1):
        cache.get(number, lambda: 1, stale_for=0, wait=5)
    assert cache.get(0, lambda: 2, stale_for=0, wait=5) == 2
    assert cache.get(MAX_ANSWERS, lambda: 2, stale_for=0, wait=5) == 1
