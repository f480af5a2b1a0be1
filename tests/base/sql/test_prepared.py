from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.db.models import Count, QuerySet
from django.db.transaction import TransactionManagementError
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from base.sql.prepared import PreparedCounts, PreparedCountsInPeriods, PreparedQuery, PreparedRows
from flashcards.models import Card, CardQuerySet
from tests.factories import CardFactory


def cards_of(owner_id: UUID, **_: Any) -> CardQuerySet:
    return Card.objects.filter(owner_id=owner_id)


def due_before(at: datetime, **values: Any) -> CardQuerySet:
    return cards_of(**values).filter(due__lt=at)


def test_a_query_runs_with_each_callers_values(
    alice: User, mallory: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    calls = 0

    def build(owner_id: UUID, limit: int) -> CardQuerySet:
        nonlocal calls
        calls += 1
        return cards_of(owner_id).order_by("pk")[:limit]

    query = PreparedQuery(build, owner_id=UUID, limit=int)
    cards, theirs = CardFactory.create_batch(3, owner=alice), CardFactory(owner=mallory)
    with django_assert_num_queries(4):
        assert query(owner_id=alice.pk, limit=2) == cards[:2]
        assert query(owner_id=alice.pk, limit=9) == cards
        assert query.first(owner_id=mallory.pk, limit=9) == theirs
        assert query.first(owner_id=theirs.pk, limit=9) is None
    assert calls == 2  # with two examples


def test_a_value_cannot_become_sql(alice: User) -> None:
    query = PreparedQuery(lambda text: Card.objects.filter(question=text), text=str)
    card = CardFactory(owner=alice, question="'; DROP TABLE flashcards_card; -- %s %(text)s")
    assert query(text=card.question) == [card]
    assert query(text="' OR '' = '") == []


@pytest.mark.django_db(transaction=True)
def test_a_query_that_locks_rows_needs_a_transaction(alice: User) -> None:
    query = PreparedQuery(lambda owner_id: Card.objects.select_for_update().filter(owner_id=owner_id), owner_id=UUID)
    card = CardFactory(owner=alice)
    with transaction.atomic():
        assert query(owner_id=alice.pk) == [card]
    with pytest.raises(TransactionManagementError):
        query(owner_id=alice.pk)


def test_counts_are_one_statement(
    alice: User, mallory: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    now = timezone.now()
    CardFactory.create_batch(3, owner=alice, due=now + timedelta(days=1))
    CardFactory(owner=alice, due=now - timedelta(days=1))
    CardFactory(owner=mallory)
    counts = PreparedCounts(
        {
            "all": cards_of,
            "due": due_before,
            "shown": lambda limit, **values: cards_of(**values)[:limit],
        },
        owner_id=UUID,
        at=datetime,
        limit=int,
    )
    with django_assert_num_queries(1):
        assert counts(owner_id=alice.pk, at=now, limit=2) == {"all": 4, "due": 1, "shown": 2}


def test_rows_are_those_of_the_query_set(alice: User, mallory: User) -> None:
    def build(**values: Any) -> "QuerySet[Card, Any]":
        return due_before(**values).order_by("question").values_list("question", "tags").annotate(count=Count("*"))

    rows = PreparedRows(build, owner_id=UUID, at=datetime)
    now = timezone.now()
    for question, tags in (("B", ["x"]), ("A", []), ("A", [])):
        CardFactory(owner=alice, question=question, tags=tags, due=now - timedelta(days=1))
    CardFactory(owner=alice, due=now)
    assert rows(owner_id=alice.pk, at=now) == [("A", [], 2), ("B", ["x"], 1)] == list(build(owner_id=alice.pk, at=now))
    assert rows(owner_id=mallory.pk, at=now) == []


def test_rows_are_counted_in_periods(
    alice: User, mallory: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    def due(begin: datetime, end: datetime, **values: Any) -> CardQuerySet:
        return cards_of(**values).filter(due__gte=begin, due__lt=end)

    counts = PreparedCountsInPeriods(
        lambda **values: due(**values).filter(state="new"),
        lambda **values: due(**values).filter(state="learning"),
        owner_id=UUID,
    )
    days = [timezone.now() + timedelta(days=number) for number in range(4)]
    for number, state in ((0, "new"), (0, "learning"), (0, "review"), (2, "new"), (3, "new")):
        CardFactory(owner=alice, due=days[number], state=state)
    with django_assert_num_queries(2):
        assert counts(owner_id=alice.pk, begins=days[:3], ends=days[1:]) == [2, 0, 1]
        assert counts(owner_id=mallory.pk, begins=days[:3], ends=days[1:]) == [0, 0, 0]
