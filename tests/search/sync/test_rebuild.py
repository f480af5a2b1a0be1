"""One process at a time builds a table. The others follow its progress, and all of them finish."""

import threading
from collections import Counter
from collections.abc import Callable
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts.models import User
from base.postgresql.acting import keep_acting
from search.index.comparison import compare
from search.index.tables import lance_table, readable_table
from search.models import IndexTable, OutboxEntry, TableState
from search.registry import Entity
from search.services import BuildResult, continue_rebuild, drain, start_rebuild
from search.sync import maintenance, rebuild
from tests.factories import MessageFactory
from tests.processes import start
from tests.search.sync.test_locks import terminate_lock_holders
from tests.stand_ins.ollama import OllamaStandIn
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = 6
BATCH = 2

# Runs the command in batches of two, until the test kills it.
REINDEX = f"""
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "memoryloop.settings"
import django
django.setup()
from django.core.management import call_command
from base.postgresql.acting import acting_for_all_users
from search.sync import rebuild

rebuild.BATCH = {BATCH}
with acting_for_all_users("manage.py does so"):
    call_command("reindex", "--table", "messages")
"""


class SlowModel:
    """The stand-in's embedding model, which answers only as many requests as `allow` permits."""

    def __init__(self, ollama: OllamaStandIn, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ollama = ollama
        self._allowed = threading.Semaphore(0)
        original = ollama._embed

        def embed(body: dict[str, Any], response: Any) -> None:
            assert self._allowed.acquire(timeout=60)
            original(body, response)

        monkeypatch.setattr(ollama, "_embed", embed)

    def allow(self, requests: int) -> None:
        self._allowed.release(requests)

    def requests(self) -> list[list[str]]:
        return [call.body["input"] for call in self.ollama.calls if call.path == "/api/embed"]

    def times_embedded(self) -> Counter[str]:
        return Counter(text.removeprefix("search_document: ") for texts in self.requests() for text in texts)


class BackgroundCall:
    """Calls a function in a thread. `result` waits for it, and returns or raises what the function did."""

    def __init__(self, function: Callable[[], Any]) -> None:
        self._result: Any = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=keep_acting(self._run), args=(function,), daemon=True)
        self._thread.start()

    def _run(self, function: Callable[[], Any]) -> None:
        try:
            self._result = function()
        except BaseException as error:
            self._error = error
        finally:
            connection.close()

    def result(self) -> Any:
        self._thread.join(60)
        assert not self._thread.is_alive()
        if self._error:
            raise self._error
        return self._result


@pytest.fixture
def model(alice: User, ollama: OllamaStandIn, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> SlowModel:
    """Six messages in an active table, and a model that embeds nothing until it is allowed to."""
    settings.EMBEDDINGS = "ollama"
    monkeypatch.setattr(rebuild, "BATCH", BATCH)
    monkeypatch.setattr(rebuild, "FOLLOW_INTERVAL", 0.02)
    maintenance.maintain_tables()
    for number in range(ROWS):
        MessageFactory(conversation__owner=alice, content=f"Note {number}.")
    drain()
    ollama.calls.clear()
    return SlowModel(ollama, monkeypatch)


@pytest.fixture
def is_following(caplog: pytest.LogCaptureFixture) -> Callable[[], bool]:
    caplog.set_level("INFO", "search")
    return lambda: "following its progress" in caplog.text


def reindex() -> str:
    output = StringIO()
    call_command("reindex", "--table", "messages", stdout=output)
    return output.getvalue()


def assert_complete(messages: Entity, built: IndexTable) -> None:
    row = readable_table(messages)
    assert row
    assert (row.pk, row.state) == (built.pk, TableState.ACTIVE)
    assert lance_table(messages, row).count() == (ROWS, ROWS)
    assert not compare(messages).any


def test_reindex_follows_the_build_that_maintenance_has_begun(
    model: SlowModel, messages: Entity, is_following: Callable[[], bool]
) -> None:
    row = start_rebuild(table="messages")
    maintaining = BackgroundCall(maintenance.maintain_tables)
    wait_until(model.requests)
    reindexing = BackgroundCall(reindex)
    wait_until(is_following)
    model.allow(ROWS)
    maintaining.result()
    assert "messages: 6 rows read; the new table is in use." in reindexing.result()
    assert model.times_embedded() == {f"Note {number}.": 1 for number in range(ROWS)}
    assert_complete(messages, row)


def test_maintenance_leaves_the_build_to_a_reindex(model: SlowModel, messages: Entity) -> None:
    reindexing = BackgroundCall(reindex)
    wait_until(model.requests)
    maintenance.maintain_tables()
    assert len(model.requests()) == 1
    row = IndexTable.objects.get(table="messages", state=TableState.BUILDING)
    model.allow(ROWS)
    assert "messages: 6 rows read; the new table is in use." in reindexing.result()
    assert set(model.times_embedded().values()) == {1}
    assert_complete(messages, row)


def test_a_follower_reports_the_progress_of_the_builder(model: SlowModel, is_following: Callable[[], bool]) -> None:
    row = start_rebuild(table="messages")
    maintaining = BackgroundCall(maintenance.maintain_tables)
    wait_until(model.requests)
    steps: list[int] = []
    following = BackgroundCall(lambda: continue_rebuild(row=row, on_step=steps.append))
    wait_until(is_following)
    model.allow(1)
    wait_until(lambda: steps == [BATCH])
    model.allow(2)
    assert following.result() is BuildResult.FINISHED
    assert sum(steps) == ROWS
    maintaining.result()


@pytest.mark.slow
def test_a_follower_takes_over_when_the_builder_is_killed(
    model: SlowModel, messages: Entity, is_following: Callable[[], bool], tmp_path: Path
) -> None:
    row = start_rebuild(table="messages")
    script = tmp_path / "reindexes.py"
    script.write_text(REINDEX)
    builder = start(["reindexes"], tmp_path / "builder.log", PYTHONPATH=str(tmp_path))
    model.allow(1)
    wait_until(lambda: len(model.requests()) == 2, 30)
    reindexing = BackgroundCall(reindex)
    wait_until(is_following)
    builder.kill()
    model.allow(ROWS)
    assert "messages: 6 rows read; the new table is in use." in reindexing.result()
    # Only the batch that the builder was embedding when it died is embedded again.
    times = model.times_embedded()
    assert [times[f"Note {number}."] for number in range(ROWS)] == [1, 1, 2, 2, 1, 1]
    assert_complete(messages, row)


def test_two_builders_after_a_lost_lock_write_each_row_once(model: SlowModel, messages: Entity) -> None:
    row = start_rebuild(table="messages")
    builders = [BackgroundCall(partial(continue_rebuild, row=row, on_step=lambda count: None))]
    wait_until(model.requests)
    assert terminate_lock_holders() == 1
    same_row = IndexTable.objects.get(pk=row.pk)
    builders.append(BackgroundCall(partial(continue_rebuild, row=same_row, on_step=lambda count: None)))
    wait_until(lambda: len(model.requests()) == 2)
    model.allow(4 * ROWS)
    assert [builder.result() for builder in builders] == [BuildResult.FINISHED, BuildResult.FINISHED]
    assert_complete(messages, row)


def test_a_table_that_was_retired_ends_its_build(model: SlowModel, messages: Entity) -> None:
    row = start_rebuild(table="messages")
    building = BackgroundCall(lambda: continue_rebuild(row=row, on_step=lambda count: None))
    wait_until(model.requests)
    IndexTable.objects.filter(pk=row.pk).update(state=TableState.RETIRED)
    model.allow(ROWS)
    assert building.result() is BuildResult.RETIRED
    active = readable_table(messages)
    assert active
    assert active.pk != row.pk


def test_the_missing_vectors_of_a_batch_are_recorded_with_one_statement(
    alice: User, ollama: OllamaStandIn, settings: Settings
) -> None:
    settings.EMBEDDINGS = "ollama"
    messages = [MessageFactory(conversation__owner=alice, content=f"Note {number}.") for number in range(3)]
    OutboxEntry.objects.all().delete()
    ollama.down()
    with CaptureQueriesContext(connection) as statements:
        maintenance.maintain_tables()
    recorded = OutboxEntry.objects.order_by("id").values_list("entity_id", flat=True)
    assert list(recorded) == [message.pk for message in messages]
    assert sum("INSERT INTO search_outboxentry" in statement["sql"] for statement in statements) == 1
