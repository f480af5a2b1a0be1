"""More slow replies than a worker has threads for them, and everything else goes on."""

from collections.abc import Callable

import pytest
from pytest_django import Settings

from accounts.models import User
from chat import services
from chat.models import Message, MessageStatus
from providers.models import ProviderName
from search.queries import Mode, find
from tests.factories import ConversationFactory, MessageFactory
from tests.processes import Child
from tests.stand_ins.ollama import CHAT_MODEL, OllamaStandIn
from tests.waiting import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

THREADS = 20  # more than a worker has for other tasks
REPLIES = 3 * THREADS  # as many wait for a thread as may, and some more in the queue


def send_message(user: User) -> Message:
    conversation = ConversationFactory(owner=user, provider=ProviderName.OLLAMA, model=CHAT_MODEL, use_memory=False)
    return services.send_message(conversation=conversation, content="Tell me a long story.").reply


def begun() -> int:
    return Message.objects.filter(status=MessageStatus.GENERATING).exclude(heartbeat_at=None).count()


def test_a_message_is_found_while_replies_occupy_every_thread_for_them(
    alice: User, ollama: OllamaStandIn, start_worker: Callable[..., Child], settings: Settings
) -> None:
    settings.REPLIES_AT_ONCE = REPLIES
    ollama.first_after = 300.0
    start_worker(WORKER_THREADS=str(THREADS))
    for _ in range(REPLIES):
        send_message(alice)
    wait_until(lambda: begun() == THREADS, 30)

    MessageFactory(conversation__owner=alice, content="Volcanoes erupt.")
    wait_until(lambda: find(owner_id=alice.pk, table="messages", query="volcanoes", mode=Mode.KEYWORD).hits, 30)
    assert begun() == THREADS


def test_a_worker_that_is_told_to_stop_finishes_its_replies(alice: User, ollama: OllamaStandIn, worker: Child) -> None:
    ollama.pace = 0.2
    reply = send_message(alice)
    wait_until(begun)
    worker.stop(seconds=20)
    reply.refresh_from_db()
    assert (reply.status, reply.content) == (MessageStatus.COMPLETE, ollama.reply)
