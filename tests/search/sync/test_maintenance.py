"""Maintenance repairs the index: lost directory, zeroed manifest, unreadable files, another model."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from chat.models import Message
from search.index import tables
from search.index.status import index_status
from search.index.tables import lance_table
from search.models import IndexTable, OutboxEntry, TableState
from search.queries import Mode
from search.registry import Entity
from search.services import drain
from search.sync import maintenance
from search.sync.rebuild import BuildResult, build
from tests.factories import MessageFactory
from tests.search.reading import index_tables, make_due, search
from tests.stand_ins.ollama import OllamaStandIn

pytestmark = pytest.mark.django_db(transaction=True)


def delete_directory(index: Path) -> None:
    shutil.rmtree(index)


def newest_manifest(index: Path) -> Path:
    [versions] = index.glob("messages_*.lance/_versions")
    return min(versions.glob("*.manifest"))  # names count down


def zero_manifest(index: Path) -> None:
    manifest = newest_manifest(index)
    size = manifest.stat().st_size
    manifest.unlink()  # other files are hard links to it
    manifest.write_bytes(b"\0" * size)


def empty_manifest(index: Path) -> None:
    manifest = newest_manifest(index)
    manifest.unlink()
    manifest.touch()


def delete_manifest(index: Path) -> None:
    newest_manifest(index).unlink()


def garble_data(index: Path) -> None:
    for path in index.glob("messages_*.lance/data/*.lance"):
        size = path.stat().st_size
        path.unlink()
        path.write_bytes(b"\7" * size)


def delete_data(index: Path) -> None:
    for path in index.glob("messages_*.lance/data/*.lance"):
        path.unlink()


@pytest.mark.parametrize(
    "damage", [delete_directory, zero_manifest, empty_manifest, delete_manifest, garble_data, delete_data]
)
def test_a_damaged_index_is_announced_and_rebuilt(alice: User, own_index: Path, damage: Callable[[Path], None]) -> None:
    maintenance.maintain_tables()
    kept = MessageFactory(conversation__owner=alice, content="Bread needs salt.")
    drain()
    damage(own_index)

    during = search(alice, "salt")
    assert during.notice == "Showing keyword matches only. The search index is being repaired."
    assert [hit.entity_id for hit in during.hits] == [kept.pk]
    later = MessageFactory(conversation__owner=alice, content="Salt comes from the sea.")
    drain()

    maintenance.maintain_tables()
    make_due()
    drain()
    after = search(alice, "salt")
    assert after.notice is None
    assert {hit.entity_id for hit in after.hits} == {kept.pk, later.pk}
    assert set(OutboxEntry.objects.values_list("status", flat=True)) == {"done"}
    [status] = [status for status in index_status() if status.table == "messages"]
    assert (status.status, status.rows, status.drift) == ("ok", 2, 0)


@pytest.mark.parametrize("damage", [delete_directory, zero_manifest, delete_manifest])
def test_most_damage_is_noticed_without_reading_every_row(
    alice: User, own_index: Path, damage: Callable[[Path], None]
) -> None:
    maintenance.maintain_tables()
    MessageFactory(conversation__owner=alice, content="Bread needs salt.")
    drain()
    damage(own_index)
    maintenance.maintain_tables()
    assert [hit.text for hit in search(alice, "salt").hits] == ["Bread needs salt."]
    assert index_tables().filter(state=TableState.RETIRED).count() == 1


def test_no_table_is_retired_while_the_store_cannot_be_written(
    alice: User, own_index: Path, settings: Settings, tmp_path: Path
) -> None:
    maintenance.maintain_tables()
    MessageFactory(conversation__owner=alice, content="Bread needs salt.")
    drain()
    blocked = tmp_path / "a file where a directory should be"
    blocked.touch()
    settings.LANCEDB_URI = str(blocked / "lancedb")
    maintenance.maintain_tables()
    assert search(alice, "salt").notice
    settings.LANCEDB_URI = str(own_index)
    maintenance.maintain_tables()
    assert index_tables().get().state == TableState.ACTIVE
    assert search(alice, "salt").notice is None


def test_a_table_for_another_model_is_built_beside_the_old_one_and_swapped_in(
    alice: User, ollama: OllamaStandIn, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search.embedders.availability.COOLDOWN", 0.0)
    maintenance.maintain_tables()
    messages = MessageFactory.create_batch(3, conversation__owner=alice, content="Bread needs salt.")
    drain()
    settings.EMBEDDINGS = "ollama"
    ollama.configure(status=503)
    maintenance.maintain_tables()
    # The old table stays in use while the new model does not answer.
    assert {row.state: row.backend for row in index_tables()} == {"active": "builtin", "building": "ollama"}
    result = search(alice, "salty bread", Mode.SEMANTIC)
    assert (len(result.hits), result.notice) == (3, None)

    added = MessageFactory(conversation__owner=alice, content="More bread.")
    messages[0].delete()
    ollama.configure(status=0)
    drain()
    maintenance.maintain_tables()
    assert {row.state: row.backend for row in index_tables()} == {"retired": "builtin", "active": "ollama"}
    hits = search(alice, "bread", Mode.SEMANTIC).hits
    assert {hit.entity_id for hit in hits} == {messages[1].pk, messages[2].pk, added.pk}


def test_auto_keeps_its_first_choice(alice: User, ollama: OllamaStandIn, settings: Settings) -> None:
    settings.EMBEDDINGS = "auto"
    ollama.configure(models=[])
    maintenance.maintain_tables()
    assert [row.backend for row in index_tables()] == ["builtin"]
    ollama.configure(models=["nomic-embed-text:latest"])
    maintenance.maintain_tables()
    assert [row.backend for row in index_tables()] == ["builtin"]


def test_auto_chooses_ollama_when_it_has_the_model(ollama: OllamaStandIn, settings: Settings) -> None:
    settings.EMBEDDINGS = "auto"
    maintenance.maintain_tables()
    ollama.down()
    maintenance.maintain_tables()
    assert [row.backend for row in index_tables()] == ["ollama"]


def test_an_interrupted_build_continues_at_its_cursor(
    alice: User, messages: Entity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search.sync.rebuild.BATCH", 2)
    MessageFactory.create_batch(5, conversation__owner=alice)
    OutboxEntry.objects.all().delete()
    [row] = tables.ensure_table(messages)
    steps: list[int] = []

    def interrupt(count: int) -> None:
        steps.append(count)
        if len(steps) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(messages, row, on_step=interrupt)
    row = index_tables().get()
    assert (row.state, lance_table(messages, row).count()[0]) == (TableState.BUILDING, 4)
    assert build(messages, row, on_step=steps.append) is BuildResult.FINISHED
    assert steps == [2, 2, 1]
    assert lance_table(messages, index_tables().get()).count() == (5, 5)


def test_a_batch_of_long_texts_is_shorter(alice: User, messages: Entity, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search.sync.rebuild.MAX_CHARACTERS", 50)
    for length in (20, 20, 20, 200, 10):
        MessageFactory(conversation__owner=alice, content="x" * length)
    OutboxEntry.objects.all().delete()
    [row] = tables.ensure_table(messages)
    steps: list[int] = []
    assert build(messages, row, on_step=steps.append) is BuildResult.FINISHED
    assert steps == [2, 1, 1, 1]
    assert lance_table(messages, index_tables().get()).count() == (5, 5)


def test_compaction_keeps_every_row_and_makes_few_files(alice: User, mallory: User, messages: Entity) -> None:
    maintenance.maintain_tables()
    for number in range(12):
        MessageFactory(conversation__owner=[alice, mallory][number % 2], content=f"Bread number {number}.")
        drain()
    IndexTable.objects.update(created_at=timezone.now() - timedelta(hours=1))
    maintenance.compact_tables()
    row = index_tables().get()
    assert (row.commits, lance_table(messages, row).open().stats()["fragment_stats"]["num_fragments"]) == (0, 1)
    assert len(search(alice, "bread").hits) == 6


def test_rows_are_sorted_by_owner(
    alice: User, mallory: User, messages: Entity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maintenance, "ROWS_TO_SORT", 5)
    maintenance.maintain_tables()
    for number in range(6):
        MessageFactory(conversation__owner=[alice, mallory][number % 2], content=f"Bread number {number}.")
    drain()
    maintenance.compact_tables()
    row = index_tables().get(state=TableState.ACTIVE)
    owners = lance_table(messages, row).open().to_arrow()["owner_id"].to_pylist()
    assert owners == sorted(owners)
    assert len(search(alice, "bread number").hits) == 3
    assert Message.objects.count() == lance_table(messages, row).count()[0]


def test_retired_tables_are_dropped_after_an_hour(
    alice: User, own_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maintenance, "ROWS_TO_SORT", 1)
    maintenance.maintain_tables()
    MessageFactory(conversation__owner=alice)
    drain()
    maintenance.compact_tables()
    assert len(list(own_index.glob("messages_*.lance"))) == 2
    index_tables().filter(state=TableState.RETIRED).update(retired_at=timezone.now() - timedelta(hours=2))
    maintenance.maintain_tables()
    assert len(list(own_index.glob("messages_*.lance"))) == 1


def test_a_retired_table_whose_files_are_gone_is_deleted(alice: User, own_index: Path) -> None:
    maintenance.maintain_tables()
    MessageFactory(conversation__owner=alice)
    drain()
    delete_directory(own_index)
    maintenance.maintain_tables()
    index_tables().filter(state=TableState.RETIRED).update(retired_at=timezone.now() - timedelta(hours=2))
    maintenance.maintain_tables()
    assert [row.state for row in index_tables()] == [TableState.ACTIVE]


def test_old_done_entries_are_purged(alice: User) -> None:
    MessageFactory.create_batch(2, conversation__owner=alice)
    drain()
    OutboxEntry.objects.filter(pk=OutboxEntry.objects.earliest("pk").pk).update(
        done_at=timezone.now() - timedelta(days=2)
    )
    maintenance.purge_done()
    assert OutboxEntry.objects.count() == 1
