"""A search never returns another owner's rows, whatever its filters and its query."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from search.filters import Filter
from search.index.arrow import IndexRow, TableSchema
from search.index.lance_table import LanceTable
from search.queries import Mode, find, nearest
from search.registry import Column
from search.services import drain
from search.sync import maintenance
from tests.factories import ConversationFactory, MessageFactory
from tests.hostile import MARKUP

UNKNOWN_OPERATOR: Any = "like"
INJECTIONS = [
    "x' OR owner_id != '",
    "' OR 1=1 --",
    "') OR true OR ('",
    '" OR "1"="1',
    "user'; DROP TABLE messages; --",
    "%",
    "\\",
    "{{7*7}}",
    "\0",
    "\ud800",
]

INVALID = [
    Filter("no_such_column", "eq", "x"),
    Filter("owner_id", "eq", "x"),
    Filter("role' OR true OR 'x", "eq", "x"),
    Filter("conversation_id", "eq", "not a UUID object"),
    Filter("created_at", "ge", datetime(2020, 1, 1, tzinfo=UTC).replace(tzinfo=None)),
    Filter("created_at", "ge", "2020-01-01"),
    Filter("role", "eq", 1),
    Filter("role", "eq", None),
    Filter("role", "in", []),
    Filter("role", UNKNOWN_OPERATOR, "%"),
]


@pytest.mark.django_db(transaction=True)
class TestWithMessages:
    @pytest.fixture(autouse=True)
    def conversation(self, alice: User, mallory: User) -> None:
        maintenance.maintain_tables()
        MessageFactory(conversation=ConversationFactory(owner=alice), content="The cat sat on the mat.")
        MessageFactory(conversation=ConversationFactory(owner=mallory), content="The dog lay under the table.")
        drain()

    def test_a_filter_value_is_never_part_of_the_query(self, alice: User) -> None:
        for injection in INJECTIONS:
            for condition in (
                Filter("role", "eq", injection),
                Filter("role", "in", [injection]),
                Filter("role", "ge", injection),
                Filter("role", "lt", injection),
            ):
                texts = self.texts(alice, "the cat dog", Mode.HYBRID, condition)
                assert texts <= {"The cat sat on the mat."}
                assert not texts or condition.op in ("ge", "lt")

    def test_an_invalid_filter_matches_nothing(self, alice: User) -> None:
        for condition in INVALID:
            for mode in Mode:
                assert self.texts(alice, "cat", mode, condition) == set(), condition

    def texts(self, owner: User, query: str, mode: Mode, *filters: Filter) -> set[str]:
        result = find(owner_id=owner.pk, table="messages", query=query, mode=mode, filters=filters)
        assert result.notice is None
        return {hit.text for hit in result.hits}

    def test_filters_select_rows(self, alice: User) -> None:
        def count(*filters: Filter) -> int:
            result = find(owner_id=alice.pk, table="messages", query="cat", mode=Mode.HYBRID, filters=filters)
            return len(result.hits)

        assert count(Filter("role", "eq", "user")) == 1
        assert count(Filter("role", "in", ["user", "assistant"])) == 1
        assert count(Filter("role", "eq", "assistant")) == 0
        assert count(Filter("created_at", "ge", datetime(2020, 1, 1, tzinfo=UTC))) == 1
        assert count(Filter("created_at", "lt", datetime(2020, 1, 1, tzinfo=UTC))) == 0
        assert count(Filter("conversation_id", "eq", uuid4())) == 0

    def test_no_query_fails_or_finds_another_owners_row(self, alice: User) -> None:
        for query in [*INJECTIONS, *MARKUP[:6], "", " ", "a" * 100_000, '+-&&||!(){}[]^"~*?:\\/']:
            for mode in Mode:
                assert self.texts(alice, query, mode) <= {"The cat sat on the mat."}, (query, mode)

    def test_nearest_returns_only_rows_of_the_owner(self, alice: User, mallory: User) -> None:
        [hits] = nearest(owner_id=mallory.pk, table="messages", texts=["The cat sat on the mat."], limit=10)
        assert [hit.text for hit in hits] == ["The dog lay under the table."]
        [hits] = nearest(owner_id=alice.pk, table="messages", texts=["The cat sat on the mat."], limit=10)
        assert hits[0].score == pytest.approx(1, abs=0.01)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(st.integers(0, 3), st.text(st.characters(codec="utf-8"), max_size=40)), min_size=1, max_size=20
    ),
    asker=st.integers(0, 3),
)
def test_a_search_returns_only_rows_of_its_owner(own_index: Any, rows: list[tuple[int, str]], asker: int) -> None:
    table = LanceTable(f"property_{uuid4().hex}", TableSchema((Column("kind", "text"),), 4))
    table.create()
    random = np.random.default_rng(1)
    stored = [
        IndexRow(
            uuid4(), 0, UUID(int=owner), 1, text, True, random.standard_normal(4).astype("float32"), {"kind": text}
        )
        for owner, text in rows
    ]
    table.merge(stored)
    own = {row.entity_id for row in stored if row.owner_id == UUID(int=asker)}
    ones = np.ones(4, dtype=np.float32)
    near = table.search_meaning(owner_id=UUID(int=asker), vector=ones, filters=(), limit=100)
    assert {hit.entity_id for hit in near} == own
    for _, text in rows:
        words, _meaning = table.search(owner_id=UUID(int=asker), query=text, vector=None, filters=(), limit=100)
        assert {hit.entity_id for hit in words} <= own
        kind = table.search_meaning(
            owner_id=UUID(int=asker), vector=ones, filters=[Filter("kind", "eq", text)], limit=100
        )
        assert {hit.entity_id for hit in kind} <= own
