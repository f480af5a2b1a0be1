"""PostgreSQL and Valkey: running, never started, or stopped."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from base.connections import valkey_client
from operations.checks.servers import postgres, valkey
from tests.processes import free_port


@pytest.fixture
def stopped(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An address at which no Valkey listens, and an empty DATA_DIR."""
    settings.DATA_DIR, settings.REDIS_URL = tmp_path, f"redis://127.0.0.1:{free_port()}/0"
    monkeypatch.setenv("REDIS_URL", "")
    valkey_client.cache_clear()
    yield tmp_path
    valkey_client.cache_clear()


@pytest.mark.django_db(transaction=True)
def test_servers_that_answer_pass() -> None:
    assert [finding.level for finding in (*postgres(), *valkey())] == ["ok", "ok"]


def test_before_the_first_start_it_is_only_a_warning(stopped: Path) -> None:
    [finding] = valkey()
    assert (finding.level, "make run" in finding.advice) == ("warning", True)


def test_a_stopped_server_is_a_failure(stopped: Path) -> None:
    (stopped / "valkey").mkdir()
    [finding] = valkey()
    assert (finding.level, finding.advice) == ("failure", "Start MemoryLoop with: make run")


def test_a_server_of_the_operator_is_named_by_its_setting(stopped: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://:hunter2@db.example.org:6379/0")
    [finding] = valkey()
    assert (finding.level, finding.advice) == ("failure", "Start it, or correct REDIS_URL.")
    assert "hunter2" not in finding.message
