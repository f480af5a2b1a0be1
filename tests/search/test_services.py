from uuid import uuid4

import pytest
from django.db import connection

from accounts.models import User
from base.postgresql.owner import signed_in_as_owner
from chat.models import Message
from search.errors import UnknownTable
from search.models import OutboxEntry, OutboxStatus
from search.queries import Mode, find
from search.services import delete_owner, discard_tables, drain, mark_changed
from search.sync import maintenance
from tests.factories import ConversationFactory, MessageFactory

pytestmark = pytest.mark.django_db(transaction=True)


def matching_contents(owner: User, query: str, mode: Mode = Mode.HYBRID) -> list[str]:
    hits = find(owner_id=owner.pk, table="messages", query=query, mode=mode).hits
    return [Message.objects.get(pk=hit.entity_id).content for hit in hits]


def test_a_saved_message_is_found_by_words_and_by_meaning(alice: User) -> None:
    conversation = ConversationFactory(owner=alice)
    MessageFactory(conversation=conversation, content="The cat sat on the mat.")
    MessageFactory(conversation=conversation, content="Interest rates rose again in spring.")
    assert drain() == 2
    assert matching_contents(alice, "mat", Mode.KEYWORD) == ["The cat sat on the mat."]
    assert matching_contents(alice, "kitten on a rug", Mode.SEMANTIC)[0] == "The cat sat on the mat."
    assert matching_contents(alice, "inflation and interest", Mode.HYBRID)[0] == "Interest rates rose again in spring."


def test_another_user_finds_nothing(alice: User, mallory: User) -> None:
    MessageFactory(conversation__owner=alice, content="The cat sat on the mat.")
    drain()
    assert matching_contents(mallory, "cat mat") == []


def test_an_edit_replaces_the_old_text(alice: User) -> None:
    message = MessageFactory(conversation__owner=alice, content="The cat sat on the mat.")
    drain()
    message.content = "Rain in Lisbon."
    message.save()
    drain()
    assert matching_contents(alice, "mat", Mode.KEYWORD) == []
    assert matching_contents(alice, "Lisbon", Mode.KEYWORD) == ["Rain in Lisbon."]


def test_a_deleted_message_is_removed_from_the_index(alice: User) -> None:
    message = MessageFactory(conversation__owner=alice, content="The cat sat on the mat.")
    drain()
    message.delete()
    drain()
    assert find(owner_id=alice.pk, table="messages", query="cat", mode=Mode.HYBRID).hits == []


def test_a_bulk_write_is_indexed_after_mark_changed(alice: User) -> None:
    message = MessageFactory(conversation__owner=alice, content="The cat sat on the mat.")
    drain()
    Message.objects.filter(pk=message.pk).update(content="Rain in Lisbon.")
    mark_changed(table="messages", owner_id=alice.pk, entity_ids=[message.pk])
    assert drain() == 1
    assert matching_contents(alice, "Lisbon", Mode.KEYWORD) == ["Rain in Lisbon."]


def test_mark_changed_refuses_an_unknown_table(alice: User) -> None:
    with pytest.raises(UnknownTable):
        mark_changed(table="nonsense", owner_id=alice.pk, entity_ids=[uuid4()])


def test_deleting_an_owner_keeps_the_rows_of_others(alice: User, mallory: User) -> None:
    MessageFactory(conversation__owner=alice, content="The cat sat on the mat.")
    MessageFactory(conversation__owner=mallory, content="The cat sat on the sofa.")
    drain()
    delete_owner(owner_id=alice.pk)
    drain()
    assert matching_contents(alice, "cat") == []
    assert matching_contents(mallory, "cat") == ["The cat sat on the sofa."]


def test_drained_entries_are_done(alice: User) -> None:
    MessageFactory.create_batch(3, conversation__owner=alice)
    drain()
    assert set(OutboxEntry.objects.values_list("status", flat=True)) == {OutboxStatus.DONE}
    assert drain() == 0


def test_after_a_restore_older_rows_of_the_index_do_not_hide_new_changes(alice: User) -> None:
    """The restored database is older than the index: its next changes have revs that the index has seen already."""
    message = MessageFactory(conversation__owner=alice, content="The cat sat on the mat.")
    MessageFactory.create_batch(5, conversation__owner=alice)
    drain()
    message.content = "Written after the backup."
    message.save()
    drain()
    with signed_in_as_owner(), connection.cursor() as cursor:
        cursor.execute("ALTER SEQUENCE search_outboxentry_id_seq RESTART WITH 1")
    OutboxEntry.objects.all().delete()
    Message.objects.filter(pk=message.pk).update(content="The cat sat on the mat.")

    discard_tables()
    result = find(owner_id=alice.pk, table="messages", query="cat mat", mode=Mode.KEYWORD)
    assert (len(result.hits), str(result.notice)) == (
        1,
        "Showing keyword matches only. The search index is being repaired.",
    )
    maintenance.maintain_tables()
    assert matching_contents(alice, "backup", Mode.KEYWORD) == []
    message.content = "Rain in Lisbon."
    message.save()
    drain()
    assert matching_contents(alice, "Lisbon", Mode.KEYWORD) == ["Rain in Lisbon."]
