"""What a user deletes is removed from PostgreSQL, from every search, and from LanceDB's files on disk."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.services import delete_account
from search.index.tables import lance_table
from search.models import IndexTable, OutboxEntry, OutboxStatus, TableState
from search.registry import Document, Entity, entity_of
from search.services import drain, start_rebuild
from search.sync import maintenance, preparation, rebuild
from search.sync.preparation import Prepared
from tests.factories import CardFactory, MessageFactory, ReviewFactory
from tests.search.reading import table_of

pytestmark = pytest.mark.django_db(transaction=True)

SECRET = "xyzzyplugh"


@pytest.fixture
def messages() -> Entity:
    return entity_of("messages")


def files_with(secret: str, index: Path) -> list[Path]:
    return [path for path in index.rglob("*") if path.is_file() and secret.encode() in path.read_bytes()]


def run_maintenance_of_the_next_hours() -> None:
    """Rewrite the tables with deleted texts, and drop the old ones, as maintenance does within hours."""
    IndexTable.objects.update(activated_at=timezone.now() - timedelta(days=1))
    maintenance.compact_tables()
    IndexTable.objects.filter(state=TableState.RETIRED).update(retired_at=timezone.now() - timedelta(hours=2))
    maintenance.maintain_tables()


def test_a_deleted_account_leaves_no_text_in_files(alice: User, mallory: User, own_index: Path) -> None:
    maintenance.maintain_tables()
    kept = MessageFactory.create_batch(60, conversation__owner=mallory, content="Bread needs salt.")
    MessageFactory(conversation__owner=alice, content=f"Alice keeps {SECRET} in the cellar.")
    CardFactory(owner=alice, question=f"What is {SECRET}?")
    drain()
    maintenance.compact_tables()
    assert files_with(SECRET, own_index)

    delete_account(user=alice)
    drain()
    # LanceDB's own compaction would keep so few deleted rows in the file.
    run_maintenance_of_the_next_hours()
    assert files_with(SECRET, own_index) == []
    assert set(OutboxEntry.objects.values_list("status", flat=True)) == {OutboxStatus.DONE}
    assert table_of(entity_of("messages")).count() == (len(kept), len(kept))


@pytest.mark.parametrize("change", ["edited", "deleted"])
def test_an_edited_or_deleted_text_is_removed_from_the_disk(alice: User, own_index: Path, change: str) -> None:
    maintenance.maintain_tables()
    MessageFactory.create_batch(30, conversation__owner=alice)
    message = MessageFactory(conversation__owner=alice, content=SECRET)
    drain()
    if change == "deleted":
        message.delete()
    else:
        message.content = "Something else."
        message.save()
    drain()
    run_maintenance_of_the_next_hours()
    assert files_with(SECRET, own_index) == []


def test_a_table_without_tombstones_is_not_rewritten(alice: User) -> None:
    maintenance.maintain_tables()
    message = MessageFactory(conversation__owner=alice)
    drain()
    message.save()
    drain()
    before = IndexTable.objects.get(table="messages", state=TableState.ACTIVE).lance_name
    run_maintenance_of_the_next_hours()
    assert IndexTable.objects.get(table="messages", state=TableState.ACTIVE).lance_name == before


def test_a_rebuild_does_not_restore_an_account_deleted_meanwhile(
    alice: User, mallory: User, messages: Entity, monkeypatch: pytest.MonkeyPatch
) -> None:
    maintenance.maintain_tables()
    MessageFactory(conversation__owner=alice, content=SECRET)
    kept = MessageFactory(conversation__owner=mallory)
    drain()
    row = start_rebuild(table="messages")
    real = preparation.prepare

    def prepare(entity: Entity, target: IndexTable, documents: Sequence[Document], revs: Any) -> Prepared:
        """Delete the account and drain the outbox after the rebuild has read and before it writes."""
        if User.objects.filter(pk=alice.pk).exists():
            delete_account(user=User.objects.get(pk=alice.pk))
            drain()
        return real(entity, target, documents, revs)

    monkeypatch.setattr("search.sync.rebuild.prepare", prepare)
    assert rebuild.build(messages, row) is rebuild.BuildResult.FINISHED
    indexed = [ids for batch in lance_table(messages, row).entity_ids(10) for ids in batch]
    assert indexed == [kept.pk]


def test_a_table_that_is_retired_during_its_build_is_not_activated(alice: User, messages: Entity) -> None:
    maintenance.maintain_tables()
    MessageFactory(conversation__owner=alice)
    drain()
    row = start_rebuild(table="messages")

    def retire(count: int) -> None:
        IndexTable.objects.filter(pk=row.pk).update(state=TableState.RETIRED)

    assert rebuild.build(messages, row, on_step=retire) is rebuild.BuildResult.RETIRED
    assert IndexTable.objects.get(table="messages", state=TableState.ACTIVE).pk != row.pk


def indexed_value(table: str, name: str, entity_id: UUID) -> object:
    [stored] = table_of(entity_of(table)).stored([entity_id])
    return stored[name]


def test_references_to_a_deleted_row_are_removed_from_the_index_too(alice: User) -> None:
    maintenance.maintain_tables()
    message = MessageFactory(conversation__owner=alice)
    review = ReviewFactory(card__owner=alice, card__message=message)
    card = review.card
    drain()
    assert indexed_value("flashcards", "message_id", card.pk) == str(message.pk)
    message.conversation.delete()
    drain()
    assert indexed_value("flashcards", "message_id", card.pk) is None
    card.delete()
    drain()
    assert indexed_value("review_logs", "card_id", review.pk) is None
