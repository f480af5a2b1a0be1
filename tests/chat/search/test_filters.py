from datetime import UTC, datetime
from uuid import uuid4

from chat.models import Role
from chat.search.filters import SearchFilter
from search.queries import Filter


def test_a_filter_of_the_page_is_a_filter_of_the_index() -> None:
    conversation_id, after = uuid4(), datetime(2026, 1, 1, tzinfo=UTC)
    chosen = SearchFilter(role=Role.USER, conversation_id=conversation_id, has_cards=False, after=after, before=after)
    assert chosen.for_index() == [
        Filter("role", "eq", "user"),
        Filter("conversation_id", "eq", conversation_id),
        Filter("has_cards", "eq", False),
        Filter("created_at", "ge", after),
        Filter("created_at", "lt", after),
    ]
    assert SearchFilter().for_index() == []
