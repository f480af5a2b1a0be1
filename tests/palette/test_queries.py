import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from palette.queries import MAX_PER_GROUP, find_entries
from tests.factories import CardFactory, ConversationFactory


@pytest.mark.parametrize(("query", "queries"), [("", 1), ("e", 4)])
def test_a_large_account_needs_one_query_for_each_app(
    alice: User, django_assert_num_queries: DjangoAssertNumQueries, query: str, queries: int
) -> None:
    ConversationFactory.create_batch(10, owner=alice, title="Everything")
    CardFactory.create_batch(10, owner=alice)
    with django_assert_num_queries(queries):
        groups = find_entries(alice, query)
    assert sum(len(group.entries) for group in groups) > 10
    assert max(len(group.entries) for group in groups) == MAX_PER_GROUP
    assert all(entry.url or entry.attributes for group in groups for entry in group.entries)


def test_another_users_chats_and_cards_are_not_found(alice: User, mallory: User) -> None:
    ConversationFactory(owner=alice, title="lavender")
    CardFactory(owner=alice, question="lavender?")
    assert [group.title for group in find_entries(mallory, "lavender")] == ["Search"]
    assert [group.title for group in find_entries(alice, "lavender")] == ["Chats", "Cards", "Search"]
