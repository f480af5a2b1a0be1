"""The entries of one transaction are written together, and commit or roll back with it."""

from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from base.models import database_time
from flashcards.models import Card
from search.models import OutboxEntry, OutboxStatus
from search.services import delete_owner, indexed_transaction, mark_changed
from tests.factories import CardFactory


def entries() -> list[UUID | None]:
    """The entities of the entries, in the order of their revs."""
    return list(OutboxEntry.objects.order_by("id").values_list("entity_id", flat=True))


@pytest.fixture
def cards(alice: User) -> list[Card]:
    """Three cards whose entries are deleted."""
    created: list[Card] = CardFactory.create_batch(3, owner=alice)
    OutboxEntry.objects.all().delete()
    return created


def test_a_transaction_writes_one_entry_for_each_row_in_one_statement(
    cards: list[Card], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    first, second, third = cards
    with django_assert_num_queries(7), indexed_transaction():  # a savepoint and its release, four updates, the outbox
        for card in (first, second, third, first):
            card.save()
    assert entries() == [second.pk, third.pk, first.pk]  # the latest change has the greatest rev


def test_an_entry_is_due_immediately(cards: list[Card]) -> None:
    with indexed_transaction():
        cards[0].save()
    [entry] = OutboxEntry.objects.all()
    expected = ("flashcards", cards[0].owner_id, OutboxStatus.PENDING, 0, False, "")
    assert (entry.table, entry.owner_id, entry.status, entry.attempts, entry.missing_vector, entry.error) == expected
    assert entry.due_at == entry.created_at


def test_an_entry_is_as_old_as_its_change_and_not_as_its_transaction(cards: list[Card]) -> None:
    with indexed_transaction():
        before = database_time()
        cards[0].save()
    assert before <= OutboxEntry.objects.get().created_at <= database_time()


def test_the_removal_of_an_owner_follows_what_came_before(cards: list[Card]) -> None:
    with indexed_transaction():
        delete_owner(owner_id=cards[0].owner_id)
        cards[0].save()
        delete_owner(owner_id=cards[0].owner_id)
    assert entries()[0] == cards[0].pk
    assert set(entries()[1:]) == {None}


@indexed_transaction()
def save_a_duplicate(cards: list[Card]) -> None:
    cards[0].save()
    cards[1].fingerprint = cards[0].fingerprint
    cards[1].save()


def test_a_transaction_that_fails_writes_no_entry(cards: list[Card]) -> None:
    with pytest.raises(IntegrityError):
        save_a_duplicate(cards)
    assert entries() == []
    cards[2].save()  # nothing of the failed transaction is left over
    assert entries() == [cards[2].pk]


def test_a_savepoint_that_is_rolled_back_leaves_the_other_entries(cards: list[Card]) -> None:
    with indexed_transaction():
        cards[0].save()
        with pytest.raises(IntegrityError):
            save_a_duplicate(cards)
        cards[2].save()
    # The entry of the second card would do no harm, since it would be indexed as it is.
    assert {cards[0].pk, cards[2].pk} <= set(entries()) <= {card.pk for card in cards}


def test_nested_blocks_write_once(cards: list[Card]) -> None:
    with indexed_transaction():
        with indexed_transaction():
            cards[0].save()
        assert entries() == []
        mark_changed(table="flashcards", owner_id=cards[0].owner_id, entity_ids=[cards[1].pk, cards[0].pk])
    assert entries() == [cards[1].pk, cards[0].pk]


def test_a_deletion_of_many_rows_is_one_statement_for_the_outbox(
    cards: list[Card], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    # Three savepoints, the cards, their reviews, the update and the deletion, the outbox: the same for any number.
    with django_assert_num_queries(9), indexed_transaction():
        Card.objects.all().delete()
    assert set(entries()) == {card.pk for card in cards}


@pytest.mark.django_db(transaction=True)
def test_a_change_outside_of_a_transaction_is_marked_immediately(alice: User) -> None:
    card = CardFactory(owner=alice)
    assert entries() == [card.pk]


def test_marking_nothing_writes_nothing(alice: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        mark_changed(table="flashcards", owner_id=uuid4(), entity_ids=[])
    with django_assert_num_queries(2), indexed_transaction():
        pass
