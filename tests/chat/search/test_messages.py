from datetime import UTC, datetime
from uuid import uuid4

import pytest

from chat.models import Role
from chat.search.messages import MessageFilter, snippet, words_of
from search.queries import Filter


@pytest.mark.parametrize(
    ("text", "words", "excerpt"),
    [
        ("ATP is a carrier.", ["atp"], "ATP is a carrier."),
        ("  many \n spaces ", [], "many spaces"),
        ("word " * 100 + "ATP", ["ATP"], "… " + "word " * 19 + "ATP"),
        ("ATP " + "word " * 100, ["ATP"], "ATP " + "word " * 62 + "word …"),
    ],
)
def test_a_snippet_surrounds_the_first_match(text: str, words: list[str], excerpt: str) -> None:
    assert snippet(text, words) == excerpt


def test_punctuation_separates_words() -> None:
    assert words_of("what's “ATP”, exactly?") == ["what", "s", "ATP", "exactly"]


def test_a_filter_means_the_same_to_the_index_and_the_database() -> None:
    conversation_id, after = uuid4(), datetime(2026, 1, 1, tzinfo=UTC)
    chosen = MessageFilter(role=Role.USER, conversation_id=conversation_id, after=after, before=after)
    assert chosen.for_index() == [
        Filter("role", "eq", "user"),
        Filter("conversation_id", "eq", conversation_id),
        Filter("created_at", "ge", after),
        Filter("created_at", "lt", after),
    ]
    assert chosen.for_database() == {
        "role": Role.USER,
        "conversation_id": conversation_id,
        "created_at__gte": after,
        "created_at__lt": after,
    }
    assert (MessageFilter().for_index(), MessageFilter().for_database()) == ([], {})
