import threading

import pytest
import redis
from django.db import connection, transaction
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from base import jobs
from base.connections import valkey_client
from search.models import OutboxEntry
from search.sync.requests import DRAIN, request_drain
from tests.broker import absent_valkey, sent_tasks
from tests.factories import ConversationFactory, MessageFactory
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def queued() -> int:
    return len(sent_tasks())


def test_changes_close_together_send_one_task(alice: User) -> None:
    conversation = ConversationFactory(owner=alice)
    with transaction.atomic():
        for _ in range(5):
            MessageFactory(conversation=conversation)
        requests = [entry for entry in connection.run_on_commit if entry[1] is jobs._put_once(DRAIN)]
        assert len(requests) == 1
    MessageFactory(conversation=conversation)
    assert wait_until(queued) == 1


def test_a_change_after_the_task_started_sends_another(alice: User) -> None:
    conversation = ConversationFactory(owner=alice)
    MessageFactory(conversation=conversation)
    wait_until(queued)
    jobs.clear_request(DRAIN)
    MessageFactory(conversation=conversation)
    wait_until(lambda: queued() == 2)
    assert queued() == 2


def test_a_change_that_is_rolled_back_sends_no_task(alice: User) -> None:
    conversation = ConversationFactory(owner=alice)

    def roll_back() -> None:
        with transaction.atomic():
            MessageFactory(conversation=conversation)
            raise InterruptedError

    with pytest.raises(InterruptedError):
        roll_back()
    assert not OutboxEntry.objects.exists()
    assert queued() == 0


def test_without_valkey_a_change_is_stored(
    alice: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(jobs, "valkey_client", absent_valkey)
    conversation = ConversationFactory(owner=alice)
    MessageFactory(conversation=conversation)
    assert OutboxEntry.objects.count() == 1
    # Otherwise the tasks of the next tests would wait behind this one.
    wait_until(lambda: "search.tasks.drain and 0 more tasks were dropped" in caplog.text, 30)


def test_a_request_does_not_wait_for_valkey(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    called, may_answer = threading.Event(), threading.Event()

    def slow() -> redis.Redis:
        called.set()
        may_answer.wait(10)
        return valkey_client()

    monkeypatch.setattr(jobs, "valkey_client", slow)
    request_drain()
    assert called.wait(10)
    request_drain()
    assert not may_answer.is_set()
    assert queued() == 0
    may_answer.set()
    assert wait_until(queued) == 1


def test_a_save_and_its_outbox_entry_take_two_queries(
    alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    message = MessageFactory(conversation__owner=alice)
    message.content = "Other words."
    with transaction.atomic(), django_assert_num_queries(2):
        message.save()
