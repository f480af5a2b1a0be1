"""A text in a filter is a text, whatever characters it has."""

from uuid import UUID, uuid4

import pytest

from search.filters import Filter, InvalidFilter
from search.index.arrow import IndexRow, TableSchema
from search.index.conditions import condition_of
from search.index.lance_table import LanceTable
from search.registry import Column

COLUMNS = (Column("label", "text", indexed=True), Column("tags", "texts", indexed=True))
OWNER = UUID(int=1)
HOSTILE = [
    *("it's", "a\\b", "\\'", "\\", "'", "''", '"', "`", "x\ny", "%", "_", "$1", "?", "{a}", "日本", "a\x1fb"),
    *("' OR 1=1 --", "\\' OR 1=1 --", "')) OR true OR (('", "\\n"),
]


@pytest.fixture(params=["indexed", "not yet in the indices"])
def table(request: pytest.FixtureRequest) -> LanceTable:
    rows = [
        IndexRow(UUID(int=place), 0, OWNER, 1, text, True, None, {"label": text, "tags": ("z", text)})
        for place, text in enumerate(HOSTILE)
    ]
    other = IndexRow(uuid4(), 0, UUID(int=2), 1, "of another", True, None, {"label": "it's", "tags": tuple(HOSTILE)})
    table = LanceTable(f"conditions_{uuid4().hex}", TableSchema(COLUMNS, 0))
    table.create()
    table.merge([*rows, other])
    if request.param == "indexed":
        table.create_indices()
    return table


def places(table: LanceTable, condition: Filter) -> list[int]:
    matches = table.open().search().where(condition_of(OWNER, [condition], COLUMNS)).limit(100).to_arrow()
    return [UUID(entity_id).int for entity_id in matches["entity_id"].to_pylist()]


def test_each_text_finds_its_own_row_and_a_tag_is_found_as_a_whole(table: LanceTable) -> None:
    for place, text in enumerate(HOSTILE):
        for condition in (Filter("label", "eq", text), Filter("label", "in", [text]), Filter("tags", "has", text)):
            assert places(table, condition) == [place], condition
    assert len(places(table, Filter("tags", "has", "z"))) == len(HOSTILE)
    assert places(table, Filter("tags", "has", "a")) == []


@pytest.mark.parametrize(
    "condition",
    [Filter("tags", "eq", "z"), Filter("label", "has", "z"), Filter("tags", "has", 1), Filter("tags", "in", [])],
)
def test_lists_have_an_operator_of_their_own(condition: Filter) -> None:
    with pytest.raises(InvalidFilter):
        condition_of(OWNER, [condition], COLUMNS)


def test_no_entity_is_within_nothing() -> None:
    with pytest.raises(InvalidFilter):
        condition_of(OWNER, [], COLUMNS, within=[])
