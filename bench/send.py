"""Measures sending a message with the embedder up, hanging and down, and listing 100 messages.

The baseline is a view that inserts one row. Meanwhile a worker drains the outbox, with a stand-in for Ollama.
"""

import json
import time
from collections.abc import Callable
from statistics import quantiles
from uuid import uuid4

from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import path

from accounts.models import User
from base.http import Request
from base.postgresql.owner import signed_in_as_owner
from bench.tools.processes import WORKER, configure, ollama, process
from chat.models import Conversation, Message, MessageStatus, Role
from memoryloop.urls import urlpatterns as site
from search.models import OutboxEntry

ROUNDS, WARM_UP = 300, 30
TARGET_MS, TARGET_RATIO, LIST_TARGET_MS = 7.0, 2.0, 6.0


@login_required
def bare_insert(request: Request) -> HttpResponse:
    """The minimum cost: a view that authenticates the user and inserts one row."""
    OutboxEntry.objects.create(table="bench", owner_id=request.user.pk, entity_id=uuid4(), status="done")
    return HttpResponse(status=204)


urlpatterns = [*site, path("bare/", bare_insert)]


class Sender:
    """A signed-in user. Each message goes to a new conversation, and its reply is marked as stopped afterwards."""

    def __init__(self) -> None:
        self.owner = User.objects.create_user(f"bench-{uuid4()}@example.org")
        self.client = Client()
        self.client.force_login(self.owner, "allauth.account.auth_backends.AuthenticationBackend")

    def post(self, address: str, body: dict[str, str]) -> float:
        """Send a POST request. Returns the milliseconds until the response."""
        text = json.dumps(body)
        began = time.perf_counter()
        response = self.client.post(address, text, content_type="application/json")
        took = time.perf_counter() - began
        assert response.status_code < 300, response.content
        return 1_000 * took

    def send(self) -> float:
        conversation = Conversation.objects.create(owner=self.owner, provider="builtin", title="Bench")
        took = self.post(f"/api/chat/conversations/{conversation.pk}/messages", {"content": "What is ATP? " * 20})
        conversation.messages.filter(role=Role.ASSISTANT).update(status=MessageStatus.STOPPED)
        return took

    def message_list(self) -> Callable[[], float]:
        """A function that lists 100 messages of a long conversation. Returns the milliseconds it took."""
        conversation = Conversation.objects.create(owner=self.owner, provider="builtin", title="Long")
        words = "Mitochondria make ATP by oxidative phosphorylation. " * 20
        rows = [Message(conversation=conversation, owner=self.owner, role=Role.USER, content=words) for _ in range(150)]
        Message.objects.bulk_create(rows)
        address = f"/api/chat/conversations/{conversation.pk}/messages?limit=100"
        return lambda: self._get(address)

    def _get(self, address: str) -> float:
        began = time.perf_counter()
        response = self.client.get(address)
        took = time.perf_counter() - began
        assert len(response.json()["items"]) == 100
        return 1_000 * took


def measure(**calls: Callable[[], float]) -> dict[str, tuple[float, float]]:
    """(p50, p95) of each call in milliseconds. The calls take turns, so that other load affects them equally."""
    times: dict[str, list[float]] = {name: [] for name in calls}
    for number in range(ROUNDS + WARM_UP):
        for name, call in calls.items():
            took = call()
            if number >= WARM_UP:
                times[name].append(took)
    return {name: (quantiles(taken, n=2)[0], quantiles(taken, n=20)[-1]) for name, taken in times.items()}


def analyze() -> None:
    """Update PostgreSQL's statistics, as a running server does every minute. A plan made without them is a guess."""
    with signed_in_as_owner(), connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def report(title: str, measured: dict[str, tuple[float, float]]) -> None:
    base_p50, base_p95 = measured["bare"]
    print(f"  {title}")
    for name, (p50, p95) in measured.items():
        print(f"    {name:<14}p50 {p50:7.2f} ms {p50 / base_p50:5.1f} x    p95 {p95:7.2f} ms {p95 / base_p95:5.1f} x")


@override_settings(ROOT_URLCONF="bench.send", ALLOWED_HOSTS=["testserver"], REPLIES_AT_ONCE=1_000)
def run() -> None:
    """Print p50 and p95 of each call, and the ratio to the bare insert measured in turn with it."""
    sender = Sender()
    calls = {"bare": lambda: sender.post("/bare/", {}), "send": sender.send}
    measure(**calls)
    analyze()
    print(f"chat, server time (target p95: send {TARGET_MS:g} ms, {TARGET_RATIO:g} x bare; list {LIST_TARGET_MS:g} ms)")
    with ollama() as address:
        with process(*WORKER, EMBEDDINGS="ollama", OLLAMA_BASE_URL=address):
            report("embedder up", measure(**calls))
            configure(address, hanging=True)
            report("embedder hanging", measure(**calls))
        with process(*WORKER, EMBEDDINGS="ollama", OLLAMA_BASE_URL="http://127.0.0.1:9"):
            report("embedder down", measure(**calls))
    message_list = sender.message_list()
    analyze()
    report("no worker, and a list of 100", measure(**calls, list=message_list))
