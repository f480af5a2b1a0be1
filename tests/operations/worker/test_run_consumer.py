"""Runs wait in a queue of their own."""

import pytest

from accounts.models import User
from base.connections import valkey_client
from base.jobs import RUNS
from chat import services
from tests.factories import ConversationFactory
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def names_in(queue: str) -> str:
    return str(valkey_client().lrange(queue, 0, -1))


def test_a_reply_waits_in_the_queue_of_runs_and_the_index_in_the_default_one(alice: User) -> None:
    services.send_message(conversation=ConversationFactory(owner=alice), content="Hello")
    wait_until(lambda: "chat.tasks.write_reply" in names_in(RUNS))
    wait_until(lambda: "search.tasks.drain" in names_in("celery"))
    assert "write_reply" not in names_in("celery")
    assert "drain" not in names_in(RUNS)
