"""The time from the commit of a message until search finds it by its words. The target is 1 s at p95."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from accounts.models import User
from bench.tables import Line, percentile, show
from chat.models import Conversation, Message
from search.index.status import index_status
from search.queries import Mode, find

ROUNDS = 100
MAX_WAIT = 30.0  # seconds
TARGET_MS = 1_000.0
PROJECT = Path(__file__).resolve().parent.parent


def run() -> None:
    command = [sys.executable, "-m", "celery", "-A", "memoryloop", "worker"]
    worker = subprocess.Popen([*command, "--loglevel", "ERROR"], cwd=PROJECT, stdout=subprocess.DEVNULL)
    try:
        conversation = _conversation()
        wait_until(lambda: any(status.table == "messages" for status in index_status() if status.status == "ok"))
        for number in range(5):
            milliseconds_until_found(conversation, -number - 1)
        times = [milliseconds_until_found(conversation, number) for number in range(ROUNDS)]
    finally:
        worker.terminate()
        worker.wait()
    target = Line("the target", (TARGET_MS, TARGET_MS))
    measured = Line("commit to found, built-in embedder", (percentile(times, 0.5), percentile(times, 0.95)))
    show("Freshness", ("p50 ms", "p95 ms"), [target, measured], baseline=target)


def milliseconds_until_found(conversation: Conversation, number: int) -> float:
    word = f"freshness{number}".replace("-", "minus")
    Message.objects.create(conversation=conversation, owner=conversation.owner, role="user", content=f"It is {word}.")
    began = time.perf_counter()
    owner_id = conversation.owner_id
    wait_until(lambda: bool(find(owner_id=owner_id, table="messages", query=word, mode=Mode.KEYWORD, limit=1).hits))
    return (time.perf_counter() - began) * 1000


def wait_until(condition: Callable[[], bool], every: float = 0.005) -> None:
    """Raises TimeoutError after MAX_WAIT seconds. `every` is in seconds."""
    end = time.monotonic() + MAX_WAIT
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(every)


def _conversation() -> Conversation:
    owner = User.objects.create_user("bench@example.org")
    return Conversation.objects.create(owner=owner, provider="builtin")
