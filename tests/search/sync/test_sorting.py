"""A table is sorted by owner while it is written and searched. A kill at any point leaves a working table."""

import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings

from accounts.models import User
from accounts.services import delete_account
from base.models import database_time
from base.postgresql.acting import keep_acting
from chat.models import Message
from search.index.comparison import compare
from search.index.tables import lance_table, readable_table, retire
from search.models import IndexTable, OutboxEntry, TableState
from search.queries import Mode
from search.registry import Entity
from search.services import drain
from search.sync import maintenance, sorting
from search.sync.locks import builder_lock
from search.sync.sorting import sort_table
from tests.factories import MessageFactory
from tests.search.reading import index_tables, search
from tests.stand_ins.ollama import OllamaStandIn

pytestmark = pytest.mark.django_db(transaction=True)

STEPS = ["copy_by_owner", "add_vector_index", "catch_up", "release_connection", "activate"]


def active() -> IndexTable:
    return index_tables().get(state=TableState.ACTIVE)


def found_texts(owner: User, query: str, mode: Mode = Mode.KEYWORD) -> set[str]:
    result = search(owner, query, mode)
    assert result.notice is None
    return {hit.text for hit in result.hits}


def in_another_worker(work: Callable[[], object]) -> None:
    """Run `work` on a connection of its own. Fails when it waits for a lock that this thread holds."""

    def run() -> None:
        work()
        connection.close()

    thread = threading.Thread(target=keep_acting(run), daemon=True)
    thread.start()
    thread.join(20)
    assert not thread.is_alive(), "the writers' lock is held"


def call_after(monkeypatch: pytest.MonkeyPatch, step: str, work: Callable[[], object]) -> None:
    """Call `work` once, after the first call of this step of `sort_table`."""
    original = getattr(sorting, step)
    calls: list[str] = []

    def wrapper(*args: Any) -> Any:
        result = original(*args)
        calls.append(step)
        if len(calls) == 1:
            work()
        return result

    monkeypatch.setattr(sorting, step, wrapper)


@pytest.fixture
def rows(alice: User, mallory: User, messages: Entity) -> Sequence[Message]:
    """Indexed messages of two owners, which alternate."""
    maintenance.maintain_tables()
    rows = [
        MessageFactory(conversation__owner=[alice, mallory][number % 2], content=f"Bread {number}.")
        for number in range(6)
    ]
    drain()
    return rows


@pytest.mark.parametrize("step", ["copy_by_owner", "catch_up"])
def test_what_is_written_during_the_copy_is_in_it(
    alice: User, rows: Sequence[Message], messages: Entity, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """The first catch-up needs no lock either. What is written after it is caught up with under the lock."""

    def change() -> None:
        MessageFactory(conversation__owner=alice, content="Added bread.")
        Message.objects.get(pk=rows[0].pk).delete()
        rows[2].content = "Changed bread."
        rows[2].save()
        drain()

    call_after(monkeypatch, step, lambda: in_another_worker(change))
    sort_table(messages, active())
    assert found_texts(alice, "bread") == {"Added bread.", "Changed bread.", "Bread 4."}
    assert not compare(messages).any
    row = active()
    assert (row.unsorted, row.tombstones, row.commits) == (2, 2, 1)
    assert lance_table(messages, row).count() == (6, 6)


def test_an_account_that_is_deleted_during_the_copy_is_not_in_it(
    mallory: User, rows: Sequence[Message], messages: Entity, monkeypatch: pytest.MonkeyPatch
) -> None:
    def delete() -> None:
        delete_account(user=mallory)
        drain()

    call_after(monkeypatch, "copy_by_owner", lambda: in_another_worker(delete))
    sort_table(messages, active())
    assert not compare(messages).any
    assert lance_table(messages, active()).count() == (3, 3)


def test_a_vector_that_is_added_during_the_copy_is_in_it(
    alice: User,
    messages: Entity,
    ollama: OllamaStandIn,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A missing vector is added without a new rev."""
    settings.EMBEDDINGS = "ollama"
    monkeypatch.setattr("search.embedders.availability.COOLDOWN", 0.0)
    maintenance.maintain_tables()
    ollama.configure(status=503)
    MessageFactory(conversation__owner=alice, content="Bread needs salt.")
    drain()
    assert lance_table(messages, active()).count() == (1, 0)

    def embed() -> None:
        ollama.configure(status=0)
        OutboxEntry.objects.filter(status="pending").update(due_at=database_time())
        drain()

    call_after(monkeypatch, "copy_by_owner", lambda: in_another_worker(embed))
    sort_table(messages, active())
    assert lance_table(messages, active()).count() == (1, 1)
    assert found_texts(alice, "bread", Mode.SEMANTIC) == {"Bread needs salt."}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_kill_leaves_the_old_table_and_the_next_sort_works(
    alice: User,
    rows: Sequence[Message],
    messages: Entity,
    own_index: Path,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    when: str,
) -> None:
    def die(*_: object) -> None:
        raise KeyboardInterrupt

    before = active()
    with monkeypatch.context() as patch:
        if when == "before":
            patch.setattr(sorting, step, die)
        else:
            call_after(patch, step, die)
        with pytest.raises(KeyboardInterrupt):
            sort_table(messages, before)
    assert active() == before
    assert found_texts(alice, "bread") == {"Bread 0.", "Bread 2.", "Bread 4."}

    sort_table(messages, before)
    assert active() != before
    owners = lance_table(messages, active()).open().to_arrow()["owner_id"].to_pylist()
    assert owners == sorted(owners)
    index_tables().filter(state=TableState.RETIRED).update(retired_at=database_time() - timedelta(hours=2))
    maintenance.maintain_tables()
    assert [path.name for path in own_index.glob("messages_*.lance")] == [f"{active().lance_name}.lance"]


def test_a_table_that_another_process_builds_or_sorts_is_left_to_it(rows: Sequence[Message], messages: Entity) -> None:
    before = active()
    with builder_lock("messages") as acquired:
        assert acquired
        sort_table(messages, before)
    assert index_tables().get() == before


def test_a_table_that_was_retired_during_the_copy_stays_retired(
    rows: Sequence[Message], messages: Entity, monkeypatch: pytest.MonkeyPatch
) -> None:
    call_after(monkeypatch, "copy_by_owner", lambda: retire(index_tables()))
    sort_table(messages, active())
    assert readable_table(messages) is None
