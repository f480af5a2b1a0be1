"""Runs wait in a queue of their own."""

import pytest

from accounts.models import User
from base.jobs import RUNS
from chat import services
from tests.broker import sent_tasks
from tests.factories import ConversationFactory
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_reply_waits_in_the_queue_of_runs_and_the_index_in_the_default_one(alice: User) -> None:
    services.send_message(conversation=ConversationFactory(owner=alice), content="Hello")
    wait_until(lambda: sent_tasks(RUNS) == ["chat.tasks.write_reply"])
    wait_until(lambda: sent_tasks() == ["search.tasks.drain"])
