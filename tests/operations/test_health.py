"""Each check reports on one part of the system. A part that does not answer delays the report by only one second."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests
from django.conf import settings

from accounts.models import User
from base.connections import valkey_client
from chat.models import Conversation
from operations import health, heartbeat, queue_lag
from operations.checks.findings import Check, Finding, ok
from operations.checks.listing import HEALTH
from search.models import OutboxEntry, OutboxStatus
from tests.factories import ConversationFactory, MessageFactory
from tests.processes import Site, free_port, start_site
from tests.stand_ins.ollama import OllamaStandIn
from tests.waiting import wait_until


@pytest.fixture(autouse=True)
def no_earlier_results() -> None:
    health._results.clear()
    health._running.clear()


@pytest.fixture
def processes() -> None:
    """The traces of a running worker and of periodic tasks."""
    heartbeat.record_heartbeat("worker@here")
    valkey_client().set(queue_lag.SENT, heartbeat.valkey_time().timestamp())


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("processes")
def test_with_everything_running_the_status_is_ok() -> None:
    report = health.report()
    assert report.status == "ok"
    assert set(report.checks) == {
        *("postgres", "valkey", "lancedb", "embeddings", "chat_models", "outbox", "worker", "queue", "disk", "backups")
    }
    assert report.checks["postgres"]["latency_ms"] < 1000
    assert report.checks["postgres"]["pool"]["pool_max"] == settings.DATABASES["default"]["OPTIONS"]["pool"]["max_size"]
    assert report.checks["embeddings"] == {
        "status": "ok",
        "backend": "builtin",
        "model": "wordllama-256",
        "dimensions": 256,
    }


@pytest.mark.django_db(transaction=True)
def test_without_a_worker_the_site_is_degraded() -> None:
    report = health.report()
    assert report.status == "degraded"
    assert report.checks["worker"]["status"] == "down"
    assert report.checks["worker"]["last_seen"] is None
    assert "Start a worker." in report.checks["worker"]["detail"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("processes")
def test_tasks_that_wait_long_degrade_the_status() -> None:
    valkey_client().hset("queue-lag:celery", "seconds", 31.0)
    queue = health.report().checks["queue"]
    assert (queue["status"], queue["lag_seconds"]["celery"]) == ("degraded", 31.0)


@pytest.mark.django_db(transaction=True)
def test_a_dead_letter_degrades_the_status_and_is_counted(alice: User) -> None:
    MessageFactory(conversation__owner=alice)
    OutboxEntry.objects.update(status=OutboxStatus.DEAD)
    outbox = health.report().checks["outbox"]
    assert outbox["status"] == "degraded"
    assert outbox["dead"] >= 1


@pytest.mark.django_db(transaction=True)
def test_every_indexed_table_is_listed() -> None:
    tables = health.report().checks["lancedb"]["tables"]
    assert {"messages", "flashcards", "review_logs"} <= set(tables)
    assert {"rows", "embedded", "version", "drift", "status"} <= set(tables["messages"])


@pytest.mark.django_db(transaction=True)
def test_embeddings_from_a_dead_ollama_degrade_the_status(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "EMBEDDINGS", "ollama")
    monkeypatch.setattr(settings, "OLLAMA_BASE_URL", f"http://127.0.0.1:{free_port()}")
    embeddings = health.report().checks["embeddings"]
    assert embeddings["status"] == "degraded"
    assert embeddings["backend"] == "ollama"


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("processes")
def test_a_dead_ollama_degrades_only_a_server_that_chats_with_it(
    alice: User, ollama: OllamaStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "HEALTH", [replace(check, fresh_for=0.0) for check in HEALTH])
    ollama.down()
    conversation = ConversationFactory(owner=alice, provider="builtin")
    assert health.report().status == "ok"
    Conversation.objects.filter(pk=conversation.pk).update(provider="ollama")
    report = health.report()
    assert (report.status, report.checks["chat_models"]["status"]) == ("degraded", "degraded")
    assert "ollama serve" in report.checks["chat_models"]["detail"]
    ollama.up()
    assert health.report().checks["chat_models"]["status"] == "ok"


@pytest.mark.django_db(transaction=True)
def test_other_servers_are_called_once_in_ten_seconds_and_reports_do_not_wait_for_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock, calls, released = [1000.0], [], threading.Event()

    def call() -> Sequence[Finding]:
        calls.append(clock[0])
        if len(calls) > 1:
            released.wait(30)
        return [ok("It answers.", calls=len(calls))]

    monkeypatch.setattr(health, "HEALTH", [Check("postgres", lambda: [ok("")]), Check("outside", call, fresh_for=10.0)])
    monkeypatch.setattr(health, "monotonic", lambda: clock[0])
    for clock[0] in (1000.0, 1009.0, 1011.0, 1012.0):  # the third report begins a call that hangs
        assert health.report().checks["outside"] == {"status": "ok", "calls": 1}
    assert calls == [1000.0, 1011.0]
    released.set()
    wait_until(lambda: health.report().checks["outside"]["calls"] == 2)


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A check of PostgreSQL that never returns."""
    released = threading.Event()

    def hang() -> Sequence[Finding]:
        released.wait(30)
        return [ok("It answers at last.")]

    others = [check for check in HEALTH if check.name != "postgres"]
    monkeypatch.setattr(health, "HEALTH", [Check("postgres", hang), *others])
    yield
    released.set()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("hanging")
def test_a_hanging_check_takes_one_second_and_is_down() -> None:
    began = time.monotonic()
    report = health.report()
    assert time.monotonic() - began < 10, "the check itself would hang for 30 s"
    assert report.status == "down"
    assert "no answer within 1 s" in report.checks["postgres"]["detail"]
    assert report.checks["valkey"]["status"] == "ok"


@pytest.fixture
def web(
    transactional_db: None, own_index: Path, tmp_path: Path
) -> Iterator[Callable[..., Callable[[str], tuple[int, Any]]]]:
    """A function that starts a web server with the given settings. It returns a function that requests a path."""
    sites: list[Site] = []

    def start(**variables: str) -> Callable[[str], tuple[int, Any]]:
        sites.append(start_site(tmp_path / f"web-{len(sites)}.log", **variables))

        def get(path: str) -> tuple[int, Any]:
            response = requests.get(sites[-1].url + path, timeout=30)
            assert ("Retry-After" in response.headers) is (response.status_code == 503)
            return response.status_code, response.json()

        return get

    yield start
    for site in sites:
        site.kill()


@pytest.mark.slow
def test_without_postgresql_it_is_live_and_not_ready(web: Callable[..., Callable[[str], tuple[int, Any]]]) -> None:
    get = web(DATABASE_URL=f"postgresql://memoryloop_app@127.0.0.1:{free_port()}/gone")
    assert get("/api/health/live") == (200, {"status": "ok"})
    assert get("/api/health/ready") == (503, {"status": "down"})
    assert get("/api/health") == (503, {"status": "down"})


@pytest.mark.slow
def test_without_valkey_it_is_ready_and_degraded(web: Callable[..., Callable[[str], tuple[int, Any]]]) -> None:
    get = web(REDIS_URL=f"redis://127.0.0.1:{free_port()}/0")
    assert get("/api/health/ready") == (200, {"status": "ok"})
    assert get("/api/health") == (200, {"status": "degraded"})
