"""Damage to any file of a table is repaired, whatever kind of file it is and whichever process notices it."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from accounts.models import User
from base.connections import valkey_client
from chat.models import Message
from search.errors import IndexUnavailable, StoreUnavailable
from search.index import lancedb_client, layout, ranked_search
from search.index.comparison import compare
from search.index.lance_table import LanceTable
from search.index.status import index_status
from search.index.tables import lance_table, retire
from search.models import IndexTable, OutboxEntry, OutboxStatus, RepairStep, TableState
from search.queries import Mode
from search.registry import Entity
from search.services import drain
from search.sync import maintenance, repair
from search.sync.requests import MAINTAIN
from tests.broker import sent_tasks
from tests.factories import ConversationFactory, MessageFactory
from tests.search.reading import search

pytestmark = pytest.mark.django_db(transaction=True)

INDEX_FILES = ("bitmap_page_lookup", "page_data", "page_lookup", "metadata", "docs", "invert", "tokens")
VECTOR_FILES = ("index.idx", "auxiliary.idx")


def delete(path: Path) -> None:
    path.unlink()


def truncate(path: Path) -> None:
    content = path.read_bytes()
    path.unlink()  # it may be a hard link
    path.write_bytes(content[: len(content) // 2])


def zero(path: Path) -> None:
    size = path.stat().st_size
    path.unlink()
    path.write_bytes(b"\0" * size)


def table_row() -> IndexTable:
    return IndexTable.objects.exclude(state=TableState.RETIRED).get(table="messages")


def files(row: IndexTable, index: Path, pattern: str) -> list[Path]:
    return sorted((index / f"{row.lance_name}.lance").glob(pattern))


def forget_files() -> None:
    """Read all files again, as another process does: what this one has in its caches would hide the damage."""
    lancedb_client.connection.cache_clear()
    lancedb_client._session.cache_clear()
    lancedb_client._readers.clear()
    lancedb_client._async_connections.clear()


def change_messages(owner: User) -> None:
    """Write an indexed message and a new one."""
    message = Message.objects.filter(owner=owner).earliest("created_at")
    message.content = "Bread needs no salt."
    message.save()
    MessageFactory(conversation__owner=owner, content="Salt was money once.")


def assert_repaired(owner: User, entity: Entity) -> None:
    """Search a few times, as users do, and expect that the index equals PostgreSQL after that."""
    for _ in range(3):
        search(owner, "salt")
        drain()
        maintenance.maintain_tables()
        drain()
    result = search(owner, "salt")
    assert result.notice is None
    assert {hit.entity_id for hit in result.hits} == set(owner.messages.values_list("pk", flat=True))
    assert not compare(entity).any
    assert set(OutboxEntry.objects.values_list("status", flat=True)) == {OutboxStatus.DONE}
    [status] = [status for status in index_status() if status.table == "messages"]
    assert (status.status, status.drift) == ("ok", 0)


@pytest.fixture(autouse=True)
def search_with_the_indices(monkeypatch: pytest.MonkeyPatch) -> None:
    """As for an owner of many rows. For others all rows are read, which needs no index but that of the owners."""
    monkeypatch.setattr(ranked_search, "MAX_ROWS", 0)


@pytest.fixture
def filled(alice: User, messages: Entity) -> IndexTable:
    """A table with two commits: rows that are in the indices, and rows that are not yet."""
    conversation = ConversationFactory(owner=alice)
    MessageFactory.create_batch(12, conversation=conversation, content="Bread needs salt.")
    drain()
    maintenance.maintain_tables()
    lance_table(messages, table_row()).create_indices()
    MessageFactory(conversation=conversation, content="Salt comes from the sea.")
    drain()
    return table_row()


@pytest.mark.parametrize("damage", [delete, truncate, zero])
@pytest.mark.parametrize("kind", INDEX_FILES)
def test_a_damaged_index_file_is_repaired_in_place(
    alice: User, messages: Entity, filled: IndexTable, own_index: Path, kind: str, damage: Callable[[Path], None]
) -> None:
    damaged = files(filled, own_index, f"_indices/*/*{kind}.lance")
    assert damaged
    for path in damaged:
        damage(path)
    forget_files()
    change_messages(alice)
    assert_repaired(alice, messages)
    assert table_row().pk == filled.pk, "no text had to be embedded again"


@pytest.mark.parametrize("damage", [delete, truncate, zero])
@pytest.mark.parametrize("pattern", ["_versions/*.manifest", "data/*.lance", "_transactions/*.txn"])
def test_damage_to_the_other_files_is_repaired(
    alice: User, messages: Entity, filled: IndexTable, own_index: Path, pattern: str, damage: Callable[[Path], None]
) -> None:
    for path in files(filled, own_index, pattern):
        damage(path)
    forget_files()
    change_messages(alice)
    assert_repaired(alice, messages)


@pytest.mark.parametrize("damage", [delete, truncate, zero])
@pytest.mark.parametrize("kind", VECTOR_FILES)
def test_a_damaged_vector_index_is_repaired(
    alice: User,
    messages: Entity,
    own_index: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    damage: Callable[[Path], None],
) -> None:
    monkeypatch.setattr(layout, "MIN_ROWS_FOR_VECTOR_INDEX", 100)
    monkeypatch.setattr(layout, "MIN_RECALL", 0.0)  # so many texts are equally near that recall means nothing
    monkeypatch.setattr(maintenance, "ROWS_TO_SORT", 100)
    maintenance.maintain_tables()
    conversation = ConversationFactory(owner=alice)
    for number in range(300):
        MessageFactory(conversation=conversation, content=f"Dish {number} needs {number % 7} grams of salt.")
    drain()
    maintenance.compact_tables()
    row = table_row()
    assert row.indexed_owners == [alice.pk]
    for path in files(row, own_index, f"_indices/*/{kind}"):
        damage(path)
    forget_files()
    assert search(alice, "salty dish", Mode.SEMANTIC).notice
    maintenance.maintain_tables()
    assert (table_row().pk, table_row().indexed_owners) == (row.pk, [alice.pk])
    assert search(alice, "salty dish", Mode.SEMANTIC).notice is None


def test_users_get_keyword_matches_until_the_repair(alice: User, filled: IndexTable, own_index: Path) -> None:
    for path in files(filled, own_index, "_indices/*/*tokens.lance"):
        delete(path)
    forget_files()
    result = search(alice, "sea")
    assert result.notice == "Showing keyword matches only. The search index is being repaired."
    assert [hit.text for hit in result.hits] == ["Salt comes from the sea."]
    assert table_row().failed_at
    [status] = [status for status in index_status() if status.table == "messages"]
    assert status.status == "damaged"


def break_searches(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Let every search fail, though all files are whole."""

    async def reader(self: LanceTable) -> None:
        raise error

    monkeypatch.setattr(LanceTable, "reader", reader)


def test_a_table_that_keeps_failing_without_visible_damage_is_rebuilt(
    alice: User, messages: Entity, filled: IndexTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """First nothing, then new indices, then a rebuild: each only when the one before has not helped."""
    IndexTable.objects.update(created_at=timezone.now() - timedelta(hours=2))
    with monkeypatch.context() as context:
        break_searches(context, RuntimeError("lance error: something strange"))
        steps = []
        for _ in range(3):
            assert search(alice, "salt").notice
            repair.repair_tables()
            filled.refresh_from_db()
            steps.append((filled.repair_step, filled.state))
    assert steps == [
        (RepairStep.CHECKED, TableState.ACTIVE),
        (RepairStep.INDICES, TableState.ACTIVE),
        (RepairStep.INDICES, TableState.RETIRED),
    ]
    assert_repaired(alice, messages)


def test_a_rebuild_that_has_not_helped_is_not_repeated(
    alice: User, filled: IndexTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A query that LanceDB always fails to answer must not make the texts be embedded again and again."""
    break_searches(monkeypatch, RuntimeError("lance error: something strange"))
    for _ in range(5):
        assert search(alice, "salt").notice
        repair.repair_tables()
    assert table_row().pk == filled.pk


def test_a_failure_after_a_quiet_minute_starts_with_the_first_step(
    alice: User, filled: IndexTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled.repaired_at, filled.repair_step = timezone.now() - timedelta(minutes=2), RepairStep.INDICES
    filled.save()
    with monkeypatch.context() as context:
        break_searches(context, RuntimeError("lance error: something strange"))
        search(alice, "salt")
    repair.repair_tables()
    assert (table_row().pk, table_row().repair_step) == (filled.pk, RepairStep.CHECKED)


def test_a_full_disk_is_no_damage(alice: User, filled: IndexTable, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as context:
        break_searches(context, OSError("LanceError(IO): No space left on device (os error 28)"))
        assert search(alice, "salt").notice
    assert table_row().failed_at is None
    with pytest.raises(StoreUnavailable), lancedb_client.translate_errors():
        raise RuntimeError("lance error: LanceError(IO): No space left on device (os error 28)")


def test_a_build_that_failed_is_requested_again(filled: IndexTable) -> None:
    """For example because the disk was full for a moment."""
    valkey_client().flushdb()
    repair.repair_tables()
    assert MAINTAIN not in sent_tasks()
    retire(IndexTable.objects.filter(pk=filled.pk))
    repair.repair_tables()
    assert MAINTAIN in sent_tasks()


def test_an_error_names_its_table(filled: IndexTable, messages: Entity, own_index: Path) -> None:
    for path in files(filled, own_index, "_indices/*/page_data.lance"):
        delete(path)
    forget_files()
    with pytest.raises(IndexUnavailable) as caught:
        lance_table(messages, filled).stored(list(Message.objects.values_list("pk", flat=True)))
    assert caught.value.lance_name == filled.lance_name


def test_a_table_whose_old_version_is_damaged_is_copied_instead_of_compacted(
    alice: User, messages: Entity, filled: IndexTable, own_index: Path
) -> None:
    """Nothing but the compaction reads old manifests."""
    for path in files(filled, own_index, "_versions/*.manifest")[1:]:
        truncate(path)
    IndexTable.objects.update(created_at=timezone.now() - timedelta(hours=1))
    forget_files()
    maintenance.compact_tables()
    assert table_row().pk != filled.pk
    assert not compare(messages).any
    assert search(alice, "salt").notice is None
