"""Several workers at once, and a worker that is killed between two commits."""

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import User
from base.connections import valkey_client
from base.postgresql.acting import keep_acting
from search.index.tables import readable_table
from search.models import OutboxEntry, OutboxStatus
from search.queries import Mode, find
from search.registry import Entity, entity_of
from search.services import drain
from search.sync import maintenance, outbox
from search.sync.drain import apply
from search.sync.requests import DRAIN
from tests.factories import MessageFactory
from tests.processes import Child, start
from tests.search.reading import table_of
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

# Drains as the worker does, and hangs after LanceDB has committed, so that the test can kill it there.
HANGS_AFTER_COMMIT = """
import os, time
os.environ["DJANGO_SETTINGS_MODULE"] = "memoryloop.settings"
import django
django.setup()
from base.postgresql.acting import acting_for_all_users
from search.index.lance_table import LanceTable
from search.services import drain

def stop_here(table, since):
    print("committed", flush=True)
    time.sleep(600)

LanceTable.sync = stop_here
with acting_for_all_users("periodic tasks do so"):
    drain()
"""

# The same, but it hangs before anything is written.
HANGS_BEFORE_WRITE = HANGS_AFTER_COMMIT.replace("LanceTable.sync", "LanceTable.merge").replace("committed", "claimed")


@pytest.fixture
def messages() -> Entity:
    return entity_of("messages")


def indexed_texts(entity: Entity, message_id: Any) -> list[str]:
    return [stored["text"] for stored in table_of(entity).stored([message_id])]


@pytest.mark.slow
def test_a_worker_killed_between_commit_and_done_leaves_one_row(
    alice: User, messages: Entity, tmp_path: Path, own_index: Path
) -> None:
    maintenance.maintain_tables()
    message = MessageFactory(conversation__owner=alice, content="Bread needs salt.")
    script = tmp_path / "hangs.py"
    script.write_text(HANGS_AFTER_COMMIT)
    child = start(["hangs"], tmp_path / "hangs.log", PYTHONPATH=str(tmp_path))
    wait_until(lambda: child.has_logged("committed"), 30)
    child.kill()
    assert indexed_texts(messages, message.pk) == ["Bread needs salt."]
    assert OutboxEntry.objects.get().status == OutboxStatus.PENDING

    assert drain() == 0, "the lease of the killed worker has not expired"
    OutboxEntry.objects.update(due_at="2020-01-01T00:00:00Z")
    assert drain() == 1
    assert indexed_texts(messages, message.pk) == ["Bread needs salt."]
    assert OutboxEntry.objects.get().status == OutboxStatus.DONE


@pytest.mark.slow
def test_what_a_killed_worker_had_claimed_is_found_soon(
    alice: User,
    messages: Entity,
    tmp_path: Path,
    start_worker: Callable[..., Child],
) -> None:
    """The first worker dies before it writes; nothing but its lease keeps the second one from its entries."""
    maintenance.maintain_tables()
    MessageFactory(conversation__owner=alice, content="Bread needs salt.")
    script = tmp_path / "hangs.py"
    script.write_text(HANGS_BEFORE_WRITE)
    child = start(["hangs"], tmp_path / "hangs.log", PYTHONPATH=str(tmp_path))
    wait_until(lambda: child.has_logged("claimed"), 30)
    child.kill()
    assert OutboxEntry.objects.get().attempts == 1
    start_worker(PERIODIC_TASKS="true")

    def is_found() -> bool:
        return bool(find(owner_id=alice.pk, table="messages", query="salt", mode=Mode.KEYWORD).hits)

    wait_until(is_found, 30)
    wait_until(lambda: OutboxEntry.objects.get().status == OutboxStatus.DONE, 5)
    assert indexed_texts(messages, OutboxEntry.objects.get().entity_id) == ["Bread needs salt."]


@pytest.mark.slow
def test_a_starting_worker_applies_what_an_earlier_one_left(
    alice: User, messages: Entity, start_worker: Callable[..., Child]
) -> None:
    """It does so when it starts: this worker sends no periodic tasks."""
    maintenance.maintain_tables()
    MessageFactory(conversation__owner=alice, content="Bread needs salt.")
    wait_until(lambda: valkey_client().llen("celery"))
    valkey_client().delete("celery", f"requested:{DRAIN}")
    start_worker()
    wait_until(lambda: OutboxEntry.objects.get().status == OutboxStatus.DONE, 20)


def test_a_slow_writer_keeps_its_lease(alice: User, messages: Entity, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the renewal, another worker would claim the entries and embed their texts a second time."""
    monkeypatch.setattr(outbox, "LEASE", timedelta(seconds=1))
    monkeypatch.setattr(outbox, "RENEW_EVERY", 0.1)
    MessageFactory(conversation__owner=alice, content="Bread needs salt.")
    entries = outbox.claim(10)
    claimed_until = OutboxEntry.objects.get().due_at
    with outbox.renewed(entries):
        wait_until(lambda: timezone.now() > claimed_until + timedelta(seconds=0.5))
        assert outbox.claim(10) == []
    assert wait_until(lambda: outbox.claim(10)) == entries, "the lease ends with the work"


def test_a_worker_that_hangs_for_minutes_loses_its_lease(
    alice: User, messages: Entity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "LEASE", timedelta(seconds=0.2))
    monkeypatch.setattr(outbox, "RENEW_EVERY", 0.05)
    monkeypatch.setattr(outbox, "MAX_RENEWALS", 2)
    MessageFactory(conversation__owner=alice, content="Bread needs salt.")
    entries = outbox.claim(10)
    with outbox.renewed(entries):
        assert wait_until(lambda: outbox.claim(10)) == entries


def test_a_postponed_entry_is_not_made_due_by_its_lease(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "RENEW_EVERY", 0.05)
    message = MessageFactory(conversation__owner=alice, content="Bread needs salt.")
    other = MessageFactory(conversation__owner=alice, content="Salt comes from the sea.")
    entries = outbox.claim(10)
    OutboxEntry.objects.filter(entity_id=message.pk).update(due_at=timezone.now() + timedelta(minutes=5))
    before = OutboxEntry.objects.get(entity_id=other.pk).due_at
    with outbox.renewed(entries):
        wait_until(lambda: OutboxEntry.objects.get(entity_id=other.pk).due_at > before)
    assert OutboxEntry.objects.get(entity_id=message.pk).due_at > timezone.now() + timedelta(minutes=4)


def test_two_writers_of_the_same_new_key_leave_one_row(alice: User, messages: Entity) -> None:
    maintenance.maintain_tables()
    message = MessageFactory(conversation__owner=alice, content="Bread needs salt.")
    entries = outbox.claim(10)
    OutboxEntry.objects.update(due_at="2020-01-01T00:00:00Z")
    same_entries = outbox.claim(10)
    assert [entry.pk for entry in entries] == [entry.pk for entry in same_entries]
    errors: list[BaseException] = []

    def write(claimed: list[OutboxEntry]) -> None:
        try:
            apply(messages, claimed)
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=keep_acting(write), args=(claimed,)) for claimed in (entries, same_entries)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert errors == []
    assert indexed_texts(messages, message.pk) == ["Bread needs salt."]


@pytest.mark.slow
def test_two_workers_share_the_outbox_without_loss_or_duplicates(
    alice: User, messages: Entity, start_worker: Callable[..., Child]
) -> None:
    for _ in range(2):
        start_worker()
    wait_until(lambda: readable_table(messages), 20)
    created = [MessageFactory(conversation__owner=alice, content=f"Note {number}.") for number in range(60)]
    wait_until(lambda: not OutboxEntry.objects.filter(status=OutboxStatus.PENDING).exists(), 30)
    assert table_of(messages).count() == (len(created), len(created))


@pytest.mark.slow
def test_a_commit_is_found_within_a_second(alice: User, worker: Child) -> None:
    MessageFactory(conversation__owner=alice, content="Warm up.")

    def matching_texts(query: str) -> list[str]:
        return [hit.text for hit in find(owner_id=alice.pk, table="messages", query=query, mode=Mode.KEYWORD).hits]

    wait_until(lambda: matching_texts("warm"), 20)
    MessageFactory(conversation__owner=alice, content="Volcanoes erupt.")
    # The target is one second on an idle machine (`make bench`); here other tests run too.
    assert wait_until(lambda: matching_texts("volcanoes"), 5) == ["Volcanoes erupt."]
