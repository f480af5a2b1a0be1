"""Valkey restarts without its data, and nothing is lost: PostgreSQL has everything that matters."""

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from pytest_django import Settings

from accounts.models import User
from base.configuration.data_directory import socket_dir
from base.connections import valkey_client
from base.jobs import RUNS
from chat.models import Conversation, Message, MessageStatus
from operations.up.servers import Server, start_valkey
from providers.models import ProviderName
from tests.broker import sent_tasks
from tests.chat.reading import Program, program_of, text_of
from tests.factories import ConversationFactory
from tests.processes import Child, Site
from tests.stand_ins.ollama import CHAT_MODEL, OllamaStandIn
from tests.waiting import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

LONG = "word " * 120


@pytest.fixture
def own_valkey(short_path: Path, settings: Settings) -> Iterator[Server]:
    """A Valkey server for this test only; the other tests share one."""
    address = settings.REDIS_URL
    server = start_valkey(short_path)
    settings.REDIS_URL = f"unix://{socket_dir(short_path, 'valkey')}/valkey.sock"
    valkey_client.cache_clear()
    yield server
    server.stop()
    settings.REDIS_URL = address
    valkey_client.cache_clear()


@pytest.fixture
def program(own_valkey: Server, alice: User, site: Site) -> Program:
    return program_of(alice, site)


@pytest.fixture
def conversation(alice: User) -> Conversation:
    return ConversationFactory(owner=alice, provider=ProviderName.OLLAMA, model=CHAT_MODEL, use_memory=False)


def send(program: Program, conversation: Conversation) -> Message:
    response = program.post(f"/chat/conversations/{conversation.pk}/messages", {"content": "Hello"}, timeout=10)
    assert response.status_code == 201, response.text
    return Message.objects.get(pk=response.json()["reply"]["id"])


def kill_with_data(server: Server, directory: Path) -> None:
    """Kill the server and delete its data."""
    assert server.process
    server.process.kill()
    server.process.wait(10)
    shutil.rmtree(directory / "valkey" / "appendonlydir", ignore_errors=True)


@contextmanager
def restarted(directory: Path) -> Iterator[None]:
    """Valkey runs again, without its data, while the block runs."""
    server = start_valkey(directory)
    try:
        yield
    finally:
        server.stop()


def test_a_restart_during_a_reply_neither_loses_nor_repeats_text(
    conversation: Conversation,
    ollama: OllamaStandIn,
    own_valkey: Server,
    short_path: Path,
    program: Program,
    start_worker: Callable[..., Child],
) -> None:
    start_worker()
    ollama.configure(reply=LONG, pace=0.05)
    reply = send(program, conversation)
    wait_until(lambda: len(Message.objects.get(pk=reply.pk).content) > 50, 20)
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(lambda: list(program.follow(reply.pk)))
        kill_with_data(own_valkey, short_path)
        wait_until(lambda: len(Message.objects.get(pk=reply.pk).content) > 150, 20)
        with restarted(short_path):
            received = reading.result(60)
    assert text_of(received) == LONG
    assert (received[-1].name, received[-1].data["message"]["status"]) == ("done", MessageStatus.COMPLETE)


def test_a_restart_before_the_reply_begins_only_delays_it(
    conversation: Conversation,
    ollama: OllamaStandIn,
    own_valkey: Server,
    short_path: Path,
    program: Program,
    start_worker: Callable[..., Child],
) -> None:
    reply = send(program, conversation)
    wait_until(lambda: "chat.tasks.write_reply" in sent_tasks(RUNS))
    kill_with_data(own_valkey, short_path)
    page = requests.get(f"{program.site.url}/accounts/login/", timeout=10)
    assert page.status_code == 200
    with restarted(short_path):
        start_worker(PERIODIC_TASKS="true")
        wait_until(lambda: Message.objects.get(pk=reply.pk).status == MessageStatus.COMPLETE, 45)
        assert Message.objects.get(pk=reply.pk).content == ollama.reply
        assert Message.objects.filter(conversation=conversation).count() == 2


def test_a_running_worker_reconnects_after_a_restart(
    conversation: Conversation,
    ollama: OllamaStandIn,
    own_valkey: Server,
    short_path: Path,
    program: Program,
    start_worker: Callable[..., Child],
) -> None:
    start_worker(PERIODIC_TASKS="true")
    kill_with_data(own_valkey, short_path)
    reply = send(program, conversation)
    with restarted(short_path):
        wait_until(lambda: Message.objects.get(pk=reply.pk).status == MessageStatus.COMPLETE, 60)


def test_a_worker_survives_a_restart_while_a_task_waits_for_a_thread(
    conversation: Conversation,
    ollama: OllamaStandIn,
    own_valkey: Server,
    short_path: Path,
    program: Program,
    start_worker: Callable[..., Child],
) -> None:
    ollama.configure(reply=LONG, pace=0.05)
    worker = start_worker(PERIODIC_TASKS="true", WORKER_THREADS="1")
    written = send(program, conversation)
    wait_until(lambda: Message.objects.get(pk=written.pk).content, 20)
    waiting = send(program, ConversationFactory(owner=conversation.owner, provider="ollama", model=CHAT_MODEL))
    wait_until(lambda: valkey_client().hlen("unacked"))
    kill_with_data(own_valkey, short_path)
    with restarted(short_path):
        replies = Message.objects.filter(pk__in=[written.pk, waiting.pk], status=MessageStatus.COMPLETE)
        wait_until(lambda: replies.count() == 2, 60)
    assert worker.process.poll() is None
    assert {reply.content for reply in replies} == {LONG}
