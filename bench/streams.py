"""Replies: our overhead until the first word, and 200 of them at once; beside the same model asked without us.

The model is the stand-in for Ollama; it, the site and the worker are processes of their own.
"""

import asyncio
import socket
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import quantiles
from uuid import uuid4

import requests

from accounts.models import Scope, User
from accounts.services import create_token
from bench.readers import ask_model, ask_site
from bench.send import ollama, process, switch
from chat.models import Conversation, Role

MODEL = "llama3.2:latest"
ROUNDS, WARM_UP = 60, 5
AT_ONCE, PACE = 200, 0.1  # replies; seconds between two words of the model
WORDS = " ".join(f"word{number}" for number in range(100)) + " "
FIRST_BAR_MS, GAP_BAR_MS = 40.0, 250.0


@contextmanager
def site(model: str) -> Iterator[str]:
    """The address of a site with a worker, that knows this model."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {"OLLAMA_BASE_URL": model, "REPLIES_AT_ONCE": "1000", "LOG_LEVEL": "ERROR"}
    worker = ("celery", "-A", "memoryloop", "worker", "--pool", "threads", "--concurrency", "256", "-l", "ERROR")
    web = ("uvicorn", "memoryloop.asgi:application", "--port", str(port), "--log-level", "error", "--no-access-log")
    address = f"http://127.0.0.1:{port}"
    with process(*worker, **environment), process(*web, **environment):
        _wait_for(address)
        yield address


def _wait_for(address: str) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            requests.get(f"{address}/api/openapi.json", timeout=5)
            return
        except requests.RequestException:
            time.sleep(0.1)
    raise TimeoutError(address)


class Person:
    def __init__(self) -> None:
        self.owner = User.objects.create_user(f"bench-{uuid4()}@example.org")
        self.token = create_token(owner=self.owner, name="bench", scopes=list(Scope))[1]

    def conversations(self, number: int) -> list[Conversation]:
        return Conversation.objects.bulk_create(
            [Conversation(owner=self.owner, provider="ollama", model=MODEL, title="Bench") for _ in range(number)]
        )

    def ends(self) -> dict[str, int]:
        replies = self.owner.messages.filter(role=Role.ASSISTANT).values_list("status", "error")
        return dict(Counter(f"{status} {(error or {}).get('code', '')}".strip() for status, error in replies))


async def first_words(model: str, address: str, person: Person) -> None:
    conversations = await asyncio.to_thread(person.conversations, ROUNDS + WARM_UP)
    own, ours = [], []
    for conversation in conversations:
        own.append(1_000 * (await ask_model(model, MODEL)).first_after)
        ours.append(1_000 * (await ask_site(address, conversation.pk, person.token)).first_after)
    over = [through - alone for through, alone in zip(ours[WARM_UP:], own[WARM_UP:], strict=True)]
    print(f"first word after the send began (bar: {FIRST_BAR_MS:g} ms over the model's own, p95)")
    for name, times in {"the model's own": own[WARM_UP:], "through us": ours[WARM_UP:], "overhead": over}.items():
        print(f"  {name:<18}p50 {quantiles(times, n=2)[0]:7.1f} ms    p95 {quantiles(times, n=20)[-1]:7.1f} ms")


async def all_at_once(model: str, address: str, person: Person) -> None:
    conversations = await asyncio.to_thread(person.conversations, AT_ONCE)
    alone = await asyncio.gather(*(ask_model(model, MODEL) for _ in range(AT_ONCE)))
    through = await asyncio.gather(*(ask_site(address, row.pk, person.token) for row in conversations))
    whole = sum(heard.text == WORDS and heard.end == "done" for heard in through)
    print(f"{AT_ONCE} replies at once, {len(WORDS.split())} words each, one per {1_000 * PACE:g} ms")
    print(f"  complete, nothing lost or doubled: {whole} of {AT_ONCE}")
    if whole < AT_ONCE:
        print(f"  ends that were heard: {dict(Counter(heard.end or 'none' for heard in through))}")
        print(f"  what the rows say: {await asyncio.to_thread(person.ends)}")
    print(f"  gap between two pieces (bar: p95 {GAP_BAR_MS:g} ms)")
    for name, heard in {"the model's own": alone, "through us": through}.items():
        gaps = sorted(1_000 * gap for one in heard for gap in one.gaps)
        p50, p95, longest = gaps[len(gaps) // 2], gaps[int(0.95 * len(gaps))], gaps[-1]
        print(f"  {name:<18}p50 {p50:7.1f} ms    p95 {p95:7.1f} ms    longest {longest:7.1f} ms")


def run() -> None:
    person = Person()
    with ollama() as model, site(model) as address:
        asyncio.run(first_words(model, address, person))
        switch(model, reply=WORDS, pace=PACE)
        asyncio.run(all_at_once(model, address, person))
