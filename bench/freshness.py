"""The time from the commit of a message until search finds it by its words. The target is 1 s at p95.

A second measurement runs beside 200 replies that grow slowly and 20 messages a second. Its target is 2 s.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import uuid4

from django.test import override_settings

from accounts.models import User
from base.postgresql.acting import keep_acting
from bench.tools.processes import WORKER, configure, ollama, process
from bench.tools.tables import Line, percentile, show
from chat.models import Conversation, Message, MessageStatus
from chat.services import send_message
from search.index.status import index_status
from search.queries import Mode, find

ROUNDS = 100
MAX_WAIT = 120.0  # seconds
TARGET_MS, TARGET_BESIDE_MS = 1_000.0, 2_000.0
REPLIES, PACE, WORDS = 200, 0.1, 1_500  # replies at once; seconds between two words; words of each
SENDS_PER_SECOND = 20
MODEL = "llama3.2:latest"


@override_settings(REPLIES_AT_ONCE=REPLIES)
def run() -> None:
    conversation = _conversation("builtin")
    with ollama() as model, process(*WORKER, OLLAMA_BASE_URL=model, MALLOC_ARENA_MAX="2"):
        configure(model, reply="word " * WORDS, pace=PACE)
        wait_until(lambda: any(status.table == "messages" for status in index_status() if status.status == "ok"))
        times_until_found(conversation, 5)
        alone = times_until_found(conversation, ROUNDS)
        with replies(), other_messages():
            beside = times_until_found(conversation, ROUNDS)
    for title, times, target_ms in (
        ("Freshness", alone, TARGET_MS),
        (f"Freshness beside {REPLIES} replies and {SENDS_PER_SECOND} messages a second", beside, TARGET_BESIDE_MS),
    ):
        target = Line("the target", (target_ms, target_ms))
        measured = Line("commit to found, built-in embedder", (percentile(times, 0.5), percentile(times, 0.95)))
        show(title, ("p50 ms", "p95 ms"), [target, measured], baseline=target)


def times_until_found(conversation: Conversation, rounds: int) -> list[float]:
    return [milliseconds_until_found(conversation) for _ in range(rounds)]


def milliseconds_until_found(conversation: Conversation) -> float:
    word = f"freshness{uuid4().hex[:8]}"
    _write(conversation, f"It is {word}.")
    began = time.perf_counter()
    owner_id = conversation.owner_id
    wait_until(lambda: bool(find(owner_id=owner_id, table="messages", query=word, mode=Mode.KEYWORD, limit=1).hits))
    return (time.perf_counter() - began) * 1000


@contextmanager
def replies() -> Iterator[None]:
    """All replies grow while the block runs."""
    owner = User.objects.create_user(f"bench-{uuid4()}@example.org")
    for _ in range(REPLIES):
        send_message(conversation=_conversation("ollama", owner), content="Tell me a long story.")
    growing = Message.objects.filter(status=MessageStatus.GENERATING, heartbeat_at__isnull=False)
    wait_until(lambda: growing.count() == REPLIES)
    yield
    if growing.count() < REPLIES:
        raise RuntimeError("The replies ended too soon.")


@contextmanager
def other_messages() -> Iterator[None]:
    conversation, ended = _conversation("builtin"), threading.Event()

    def write() -> None:
        while not ended.wait(1 / SENDS_PER_SECOND):
            _write(conversation, "Bread needs salt, and so does the sea.")

    thread = threading.Thread(target=keep_acting(write))
    thread.start()
    yield
    ended.set()
    thread.join()


def wait_until(condition: Callable[[], bool]) -> None:
    """Raises TimeoutError after MAX_WAIT seconds."""
    end = time.monotonic() + MAX_WAIT
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.005)


def _write(conversation: Conversation, content: str) -> None:
    Message.objects.create(conversation=conversation, owner=conversation.owner, role="user", content=content)


def _conversation(provider: str, owner: User | None = None) -> Conversation:
    owner = owner or User.objects.create_user(f"bench-{uuid4()}@example.org")
    return Conversation.objects.create(
        owner=owner, provider=provider, model=MODEL if provider == "ollama" else "", use_memory=False
    )
