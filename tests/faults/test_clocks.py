"""What one process writes and another compares with the time uses PostgreSQL's clock: the hosts' clocks may differ."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.models import User
from base.models import database_time
from chat import services
from chat.models import Conversation, Message, MessageStatus
from chat.replies.lifecycle import REPLIES
from chat.tasks import sweep_replies
from flashcards.generation.lifecycle import LIFECYCLE
from flashcards.generation.models import Generation, GenerationStatus
from flashcards.tasks import sweep_generations
from search.index.status import outbox_status
from search.models import OutboxEntry
from search.sync import outbox
from tests.factories import ConversationFactory, GenerationFactory, MessageFactory

pytestmark = pytest.mark.django_db(transaction=True)

SKEW = timedelta(hours=1)


@pytest.fixture(params=[SKEW, -SKEW], ids=["ahead", "behind"])
def skewed_host(request: pytest.FixtureRequest) -> Iterator[None]:
    """The clock of this host, but not of PostgreSQL, is an hour ahead or behind."""
    with time_machine.travel(timezone.now() + request.param, tick=True):
        yield


@pytest.fixture
def conversation(alice: User) -> Conversation:
    return ConversationFactory(owner=alice)


def test_postgresql_keeps_its_own_time(skewed_host: None) -> None:
    assert abs(database_time() - timezone.now()) > timedelta(minutes=59)


def test_a_live_reply_survives_the_sweep(conversation: Conversation, skewed_host: None) -> None:
    reply = services.send_message(conversation=conversation, content="Hello").reply
    assert REPLIES.claim(reply.pk)
    sweep_replies()
    assert Message.objects.get(pk=reply.pk).status == MessageStatus.GENERATING


def test_a_dead_workers_reply_is_failed(conversation: Conversation, skewed_host: None) -> None:
    reply = services.send_message(conversation=conversation, content="Hello").reply
    Message.objects.filter(pk=reply.pk).update(heartbeat_at=database_time() - REPLIES.silence - timedelta(seconds=1))
    sweep_replies()
    assert Message.objects.get(pk=reply.pk).status == MessageStatus.FAILED


def test_a_live_generation_survives_the_sweep(alice: User, skewed_host: None) -> None:
    run = GenerationFactory(owner=alice, status=GenerationStatus.RUNNING)
    assert LIFECYCLE.claim(run.pk)
    sweep_generations()
    assert Generation.objects.get(pk=run.pk).status == GenerationStatus.RUNNING


def test_a_run_is_created_at_postgresqls_time(conversation: Conversation, skewed_host: None) -> None:
    """An unclaimed run of a host that is ahead would otherwise wait an hour until it is sent again."""
    exchange = services.send_message(conversation=conversation, content="Hello")
    assert timedelta(0) <= database_time() - exchange.reply.created_at < timedelta(minutes=1)


def test_messages_of_two_hosts_stay_in_order(conversation: Conversation, alice: User) -> None:
    first = MessageFactory(conversation=conversation, content="Sent by a host that is ahead")
    with time_machine.travel(timezone.now() - SKEW, tick=True):
        exchange = services.send_message(conversation=conversation, content="Sent by a host that is behind")
    assert list(conversation.messages.in_order()) == [first, exchange.message, exchange.reply]


def test_a_change_is_due_immediately(conversation: Conversation, skewed_host: None) -> None:
    MessageFactory(conversation=conversation)
    entry = OutboxEntry.objects.get()
    assert outbox.claim(10) == [entry]
    assert outbox_status().oldest_seconds < 60
