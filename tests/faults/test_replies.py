"""Replies while their worker dies, Valkey is down, the model is silent, or the user stops them."""

import time
from collections.abc import Callable, Iterator

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from base.connections import valkey_client
from chat import services
from chat.models import Conversation, Message, MessageStatus
from chat.replies.lifecycle import finish_reply
from chat.replies.writer import write_reply
from providers.models import ProviderName
from tests.chat.reading import program_of, text_of
from tests.factories import ConversationFactory
from tests.processes import Child, Site
from tests.stand_ins.ollama import CHAT_MODEL, OllamaStandIn
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

LONG = "word " * 2000


@pytest.fixture
def conversation(alice: User) -> Conversation:
    return ConversationFactory(owner=alice, provider=ProviderName.OLLAMA, model=CHAT_MODEL, use_memory=False)


@pytest.fixture
def valkey_down(settings: Settings) -> Iterator[None]:
    """Valkey is down for this process and for those that it starts."""
    address = settings.REDIS_URL
    settings.REDIS_URL = "unix:///nowhere/valkey.sock"
    valkey_client.cache_clear()
    yield
    settings.REDIS_URL = address
    valkey_client.cache_clear()


def reloaded(reply: Message) -> Message:
    return Message.objects.get(pk=reply.pk)


def test_a_worker_streams_a_reply_to_a_reader(
    conversation: Conversation, alice: User, ollama: OllamaStandIn, worker: Child, shared_site: Site
) -> None:
    ollama.pace = 0.05
    reply = services.send_message(conversation=conversation, content="Hello").reply
    events = list(program_of(alice, shared_site).follow(reply.pk))
    assert text_of(events) == ollama.reply
    assert len(events) > 2
    assert events[-1].data["message"]["status"] == MessageStatus.COMPLETE


def test_a_stop_ends_the_reply_and_the_request_to_the_model(
    conversation: Conversation, ollama: OllamaStandIn, worker: Child
) -> None:
    ollama.reply, ollama.pace = LONG, 0.05
    reply = services.send_message(conversation=conversation, content="Hello").reply
    wait_until(lambda: reloaded(reply).content)
    services.stop_reply(reply=reply)
    wait_until(lambda: reloaded(reply).status == MessageStatus.STOPPED, 3)
    assert LONG.startswith(reloaded(reply).content)
    assert wait_until(lambda: ollama.hung_up) == 1


def test_a_reply_of_a_silent_model_can_be_stopped(
    conversation: Conversation, ollama: OllamaStandIn, worker: Child
) -> None:
    ollama.first_after = 20
    reply = services.send_message(conversation=conversation, content="Hello").reply
    wait_until(lambda: reloaded(reply).heartbeat_at)
    services.stop_reply(reply=reloaded(reply))
    wait_until(lambda: reloaded(reply).status == MessageStatus.STOPPED, 3)


def test_a_reply_of_a_slow_model_keeps_its_heartbeat(
    conversation: Conversation, ollama: OllamaStandIn, worker: Child
) -> None:
    ollama.first_after = 3
    reply = services.send_message(conversation=conversation, content="Hello").reply
    claimed = wait_until(lambda: reloaded(reply).heartbeat_at)
    wait_until(lambda: reloaded(reply).heartbeat_at != claimed, 3)
    wait_until(lambda: reloaded(reply).status == MessageStatus.COMPLETE)


@pytest.mark.slow
def test_a_killed_workers_reply_fails_within_30_seconds_and_keeps_its_text(
    conversation: Conversation, ollama: OllamaStandIn, start_worker: Callable[..., Child]
) -> None:
    ollama.reply, ollama.pace = LONG, 0.05
    worker = start_worker()
    reply = services.send_message(conversation=conversation, content="Hello").reply
    wait_until(lambda: len(reloaded(reply).content) > 50)
    worker.kill()
    start_worker(PERIODIC_TASKS="true")
    wait_until(lambda: reloaded(reply).status == MessageStatus.FAILED, 30)
    failed = reloaded(reply)
    assert failed.error is not None
    assert failed.error["code"] == "interrupted"
    assert len(failed.content) > 50
    assert LONG.startswith(failed.content)


def test_a_failed_reply_continues_where_it_broke_off(
    conversation: Conversation, alice: User, ollama: OllamaStandIn, worker: Child, shared_site: Site
) -> None:
    ollama.reply, ollama.fail_after = "one two three four", 2
    reply = services.send_message(conversation=conversation, content="Count").reply
    wait_until(lambda: reloaded(reply).status == MessageStatus.FAILED)
    ollama.reply, ollama.fail_after = "three four", None
    services.continue_reply(reply=reloaded(reply))
    events = list(program_of(alice, shared_site).follow(reply.pk))
    assert text_of(events) == "one two three four"
    assert ollama.calls[-1].body["messages"][-2:][0]["content"] == "one two "


@pytest.mark.parametrize(
    ("switches", "code"),
    [
        ({"status": 503}, "provider-busy"),
        ({"models": []}, "model-missing"),
        ({"cut_after": 2}, "stream-broken"),
        ({"done_reason": "length"}, "cut-short"),
        ({"reply": ""}, "empty-answer"),
    ],
)
def test_a_providers_failure_becomes_the_error_of_the_reply(
    conversation: Conversation, ollama: OllamaStandIn, switches: dict[str, object], code: str
) -> None:
    ollama.configure(**switches)
    reply = services.send_message(conversation=conversation, content="Hello").reply
    write_reply(reply_id=reply.pk)
    failed = reloaded(reply)
    assert failed.status == MessageStatus.FAILED
    assert failed.error is not None
    assert failed.error["code"] == code
    assert failed.error["detail"]


def test_a_provider_that_is_down_becomes_the_error_of_the_reply(
    conversation: Conversation, ollama: OllamaStandIn
) -> None:
    ollama.down()
    reply = services.send_message(conversation=conversation, content="Hello").reply
    write_reply(reply_id=reply.pk)
    assert (reloaded(reply).error or {})["code"] == "provider-down"


def test_a_reply_is_written_without_valkey(
    conversation: Conversation, ollama: OllamaStandIn, valkey_down: None
) -> None:
    reply = services.send_message(conversation=conversation, content="Hello").reply
    write_reply(reply_id=reply.pk)
    assert (reloaded(reply).status, reloaded(reply).content) == (MessageStatus.COMPLETE, ollama.reply)


def test_a_message_is_sent_and_its_reply_read_without_valkey(
    conversation: Conversation, alice: User, valkey_down: None, site: Site
) -> None:
    program = program_of(alice, site)
    began = time.monotonic()
    response = program.post(f"/chat/conversations/{conversation.pk}/messages", {"content": "Hello"}, timeout=10)
    assert response.status_code == 201
    assert time.monotonic() - began < 3
    reply = Message.objects.get(pk=response.json()["reply"]["id"])
    Message.objects.filter(pk=reply.pk).update(heartbeat_at=timezone.now(), content="So")
    stream = program.follow(reply.pk)
    assert next(stream).data["text"] == "So"
    finish_reply(reply_id=reply.pk, status=MessageStatus.COMPLETE, content="So far")
    events = list(stream)
    assert text_of(events) == " far"
    assert events[-1].name == "done"


def test_the_first_writer_of_a_stopped_reply_leaves_its_continuation_alone(
    conversation: Conversation, ollama: OllamaStandIn, worker: Child
) -> None:
    """The model is silent, so the first writer notices the stop only after the second run has begun."""
    ollama.first_after = 4
    reply = services.send_message(conversation=conversation, content="Hello").reply
    wait_until(lambda: reloaded(reply).heartbeat_at and ollama.open)
    services.stop_reply(reply=reloaded(reply))
    wait_until(lambda: reloaded(reply).status == MessageStatus.STOPPED, 3)
    ollama.configure(first_after=0.0, reply=LONG[:400], pace=0.1)
    services.continue_reply(reply=reloaded(reply))
    wait_until(lambda: reloaded(reply).status != MessageStatus.GENERATING, 30)
    assert (reloaded(reply).status, reloaded(reply).content) == (MessageStatus.COMPLETE, LONG[:400])
