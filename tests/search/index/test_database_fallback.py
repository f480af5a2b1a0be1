from datetime import UTC, datetime
from typing import Any

import pytest

from accounts.models import User
from search.filters import Filter
from search.index.database_fallback import search_database
from search.registry import Entity
from tests.factories import MessageFactory

pytestmark = pytest.mark.django_db


def search(entity: Entity, owner: User, query: str, *filters: Filter) -> list[tuple[str, float]]:
    matches = search_database(entity, owner_id=owner.pk, query=query, filters=filters, limit=10)
    return [(match.text, match.score) for match in matches]


@pytest.fixture(autouse=True)
def notes(alice: User, mallory: User) -> None:
    MessageFactory(conversation__owner=alice, content="Bread needs SALT.")
    MessageFactory(conversation__owner=alice, content="Salt comes from the sea, bread does not.", superseded=True)
    MessageFactory(conversation__owner=alice, content="Salt and pepper.")
    MessageFactory(conversation__owner=mallory, content="Bread and salt.")


def test_the_owners_messages_with_most_words_come_first(messages: Entity, alice: User) -> None:
    assert search(messages, alice, "salt bread") == [("Bread needs SALT.", 1.0), ("Salt and pepper.", 0.5)]


def test_filters_apply_in_the_database_too(messages: Entity, alice: User) -> None:
    assert len(search(messages, alice, "salt", Filter("role", "eq", "user"))) == 2
    assert search(messages, alice, "salt", Filter("created_at", "lt", datetime(2020, 1, 1, tzinfo=UTC))) == []
    assert search(messages, alice, "salt", Filter("nonsense", "eq", 1)) == []


@pytest.mark.parametrize("query", ["", "  ", "%", "_", "\0", "\ud800", "' OR 1=1 --", "x " * 10_000])
def test_every_query_is_taken_literally(messages: Entity, alice: User, query: Any) -> None:
    assert search(messages, alice, query) == []
