"""The run of a reply: how it ends, and what the sweep does for it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from base.connections import valkey_client
from base.jobs import RUNS
from chat import services
from chat.models import Conversation, Message, MessageStatus
from chat.replies import lifecycle
from chat.replies.lifecycle import REPLIES, finish_reply
from tests.broker import sent_tasks
from tests.factories import ConversationFactory
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def conversation(alice: User) -> Conversation:
    return ConversationFactory(owner=alice)


def waiting_tasks() -> int:
    """How many tasks that write a reply wait in the broker."""
    return sent_tasks(RUNS).count("chat.tasks.write_reply")


def test_a_reply_is_claimed_once(conversation: Conversation) -> None:
    reply = services.send_message(conversation=conversation, content="Hello").reply
    assert REPLIES.claim(reply.pk) == reply
    assert REPLIES.claim(reply.pk) is None


def test_a_reply_ends_once(conversation: Conversation) -> None:
    reply = services.send_message(conversation=conversation, content="Hello").reply
    assert finish_reply(reply_id=reply.pk, status=MessageStatus.STOPPED, content="So far")
    assert not finish_reply(reply_id=reply.pk, status=MessageStatus.COMPLETE, content="Too late")
    reply.refresh_from_db()
    assert (reply.status, reply.content) == (MessageStatus.STOPPED, "So far")


def test_a_reply_whose_worker_died_fails_and_keeps_its_text(conversation: Conversation) -> None:
    reply = services.send_message(conversation=conversation, content="Hello").reply
    now = timezone.now()
    Message.objects.filter(pk=reply.pk).update(heartbeat_at=now - timedelta(seconds=20), content="Once upon")
    valkey_client().xadd(f"reply:{reply.pk}", {"at": 5, "text": "upon a time"})
    lifecycle.sweep_replies(at=now)
    reply.refresh_from_db()
    assert (reply.status, reply.content) == (MessageStatus.FAILED, "Once upon a time")
    assert reply.error is not None
    assert reply.error["code"] == "interrupted"


def test_a_reply_with_a_recent_heartbeat_is_left_alone(conversation: Conversation) -> None:
    reply = services.send_message(conversation=conversation, content="Hello").reply
    now = timezone.now()
    Message.objects.filter(pk=reply.pk).update(heartbeat_at=now - timedelta(seconds=5))
    lifecycle.sweep_replies(at=now)
    reply.refresh_from_db()
    assert reply.status == MessageStatus.GENERATING


def test_an_unclaimed_reply_is_sent_again(conversation: Conversation) -> None:
    services.send_message(conversation=conversation, content="Hello")
    wait_until(lambda: waiting_tasks() == 1)
    valkey_client().delete(RUNS)
    lifecycle.sweep_replies(at=timezone.now() + timedelta(seconds=11))
    wait_until(lambda: waiting_tasks() == 1)
