"""However many workers run, each periodic task is sent once when it is due."""

import pytest
import redis

from operations.worker import schedule
from operations.worker.schedule import Schedule
from tests.broker import absent_valkey, sent_tasks
from tests.waiting import wait_until


def test_of_two_workers_one_sends_a_task() -> None:
    first, second = Schedule({"often": 60.0}), Schedule({"often": 60.0})
    for worker in (first, second, first):
        worker.send_due_tasks()
    assert sent_tasks() == ["often"]


def test_a_task_is_sent_again_after_its_interval() -> None:
    worker = Schedule({"often": 0.05})

    def is_sent_again() -> bool:
        worker.send_due_tasks()
        return len(sent_tasks()) >= 3

    wait_until(is_sent_again)
    assert set(sent_tasks()) == {"often"}


def test_another_worker_sends_what_a_dead_one_no_longer_does() -> None:
    Schedule({"often": 0.05}).send_due_tasks()
    survivor = Schedule({"often": 0.05})

    def is_sent_again() -> bool:
        survivor.send_due_tasks()
        return len(sent_tasks()) == 2

    wait_until(is_sent_again)


def test_the_first_tasks_of_a_worker_do_not_all_run_at_once() -> None:
    Schedule({"seldom": 3600.0, "often": 60.0}).send_due_tasks()
    assert sent_tasks() == ["often"]


def test_a_task_stays_due_while_valkey_is_down(monkeypatch: pytest.MonkeyPatch) -> None:
    worker = Schedule({"seldom": 3600.0})
    monkeypatch.setattr(schedule, "valkey_client", absent_valkey)
    with pytest.raises(redis.ConnectionError):
        worker.send_due_tasks()
    monkeypatch.undo()
    worker.send_due_tasks()
    assert sent_tasks() == ["seldom"]


def test_a_worker_without_periodic_tasks_sends_none() -> None:
    Schedule({}).send_due_tasks()
    assert sent_tasks() == []
