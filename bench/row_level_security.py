"""Measures what row-level security costs a statement and a request. The baseline is sent by the owner of the tables.

No policy applies to the owner, and the owner's connection does not say for whom it acts. Both take turns.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from statistics import median
from typing import Any

import psutil
from django.db import connection, connections
from django.test import Client, override_settings

from accounts.models import User
from base.postgresql.acting import acting_for
from base.postgresql.owner import owner_connection
from base.postgresql.roles import APP
from bench.tools.tables import Line, percentile, say, show
from chat.models import Conversation, Message, MessageStatus, Role
from flashcards.models import Card

ROUNDS, WARM_UP = 200, 20
STATEMENTS = 20
CARDS, USERS = 500, 20
TARGET_MS = 0.5  # a request


def run() -> None:
    owners = [User.objects.create_user(f"bench-{number}@example.org") for number in range(USERS)]
    for owner in owners:
        _create_rows(owner)
    with _as_owner(), connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        costs = [_show(name, call) for name, call in _requests(owners[0]).items()]
        _show(f"{STATEMENTS} statements", _statements(owners[0]))
    say(f"A request takes up to {max(costs):.3f} ms more; target {TARGET_MS} ms.")


def _show(name: str, call: Callable[[], object]) -> float:
    """Print the figures of `call`. Returns how many milliseconds more it takes, as the median of pairs."""
    without, with_policies = _compare(call)
    more = 1_000 * median(after - before for before, after in zip(without.times, with_policies.times, strict=True))
    baseline = Line("owner of the tables", without.summary())
    lines = [baseline, Line("row-level security", with_policies.summary(), f"{more:+.3f} ms (median of pairs)")]
    show(f"{name}, ms", ["p10", "p50", "CPU of both processes"], lines, baseline=baseline)
    return more


def _create_rows(owner: User) -> None:
    conversation = Conversation.objects.create(owner=owner, provider="builtin", title="Bench")
    Message.objects.bulk_create(
        Message(conversation=conversation, owner=owner, role=Role.USER, content=f"Note {number}")
        for number in range(50)
    )
    Card.objects.bulk_create(
        Card(owner=owner, question=f"Question {number}?", answer="Yes", fingerprint=f"{number:064}")
        for number in range(CARDS)
    )


def _statements(owner: User) -> Callable[[], object]:
    card = Card.objects.filter(owner=owner).values_list("pk", flat=True)[0]

    def read() -> None:
        with acting_for(owner.pk):
            for _ in range(STATEMENTS):
                Card.objects.filter(owner=owner.pk, pk=card).values_list("pk", "due").get()

    return read


def _requests(owner: User) -> dict[str, Callable[[], object]]:
    client = Client()
    client.force_login(owner, "allauth.account.auth_backends.AuthenticationBackend")

    def send() -> None:
        conversation = Conversation.objects.create(owner=owner, provider="builtin", title="Bench")
        address = f"/api/chat/conversations/{conversation.pk}/messages"
        body = json.dumps({"content": "What is ATP?"})
        assert client.post(address, body, content_type="application/json").status_code == 201
        conversation.messages.filter(role=Role.ASSISTANT).update(status=MessageStatus.STOPPED)

    def get(address: str) -> Callable[[], object]:
        return lambda: client.get(address)

    return {"the review page": get("/review/"), "20 due cards": get("/api/quiz/due?limit=20"), "a send": send}


def _compare(call: Callable[[], object]) -> "tuple[Figures, Figures]":
    """Measure the call as the owner of the tables and as the program."""
    as_owner, as_program = Figures("postgres", _as_owner), Figures(APP, nullcontext)
    for number in range(ROUNDS + WARM_UP):
        for figures in (as_owner, as_program):
            figures.measure(call, counts=number >= WARM_UP)
    return as_owner, as_program


class Figures:
    """What a call takes in the program, and in the processes of PostgreSQL that serve `role`."""

    def __init__(self, role: str, connected: Callable[[], AbstractContextManager[None]]) -> None:
        self.role, self.connected = role, connected
        self.times: list[float] = []
        self.cpu = self.cpu_before = 0.0

    def measure(self, call: Callable[[], object], *, counts: bool) -> None:
        with self.connected():
            if counts and not self.times:
                self.cpu_before = self._cpu_of_backends()
            began, cpu_began = time.perf_counter(), time.process_time()
            call()
            if counts:
                self.times.append(time.perf_counter() - began)
                self.cpu += time.process_time() - cpu_began

    def summary(self) -> tuple[float, float, float]:
        """p10, p50 and CPU time in milliseconds."""
        cpu = self.cpu + self._cpu_of_backends() - self.cpu_before
        p10, p50 = percentile(self.times, 0.1), percentile(self.times, 0.5)
        return 1_000 * p10, 1_000 * p50, 1_000 * cpu / len(self.times)

    def _cpu_of_backends(self) -> float:
        with _as_owner(), connection.cursor() as cursor:
            query = "SELECT pid FROM pg_stat_activity WHERE usename = %s AND backend_type = 'client backend'"
            cursor.execute(query, [self.role])
            used = [psutil.Process(pid).cpu_times() for (pid,) in cursor.fetchall()]
        return float(sum(times.user + times.system for times in used))


_owner: list[Any] = []


@contextmanager
def _as_owner() -> Iterator[None]:
    """Like `signed_in_as_owner`, with one connection for the whole benchmark."""
    program = connections["default"]
    if not _owner:
        _owner.append(owner_connection(program))
    connections["default"] = _owner[0]
    try:
        yield
    finally:
        connections["default"] = program
