from uuid import UUID

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from base.models import batch_by_pk
from chat.models import Message
from tests.factories import MessageFactory


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_batches_have_every_row_once_in_the_order_of_the_keys(alice: User, size: int) -> None:
    messages = [MessageFactory(conversation__owner=alice) for _ in range(3)]
    keys = alice.messages.order_by("-created_at").values_list("pk", flat=True)
    read: list[UUID] = []
    last: UUID | None = None
    while batch := list(batch_by_pk(keys, after=last, size=size)):
        assert len(batch) <= size
        read, last = read + batch, batch[-1]
    assert read == sorted(message.pk for message in messages)


def test_a_batch_is_one_query_for_rows_of_any_shape(
    alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    first, second = (MessageFactory(conversation__owner=alice, content=text) for text in ("One", "Two"))
    with django_assert_num_queries(1):
        assert list(batch_by_pk(Message.objects.all(), after=None, size=1)) == [first]
    with django_assert_num_queries(1):
        assert list(batch_by_pk(alice.messages.values("content"), after=first.pk, size=9)) == [{"content": "Two"}]
    assert not batch_by_pk(alice.messages.all(), after=second.pk, size=9).exists()
