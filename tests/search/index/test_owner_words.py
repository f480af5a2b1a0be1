from collections import Counter
from uuid import UUID, uuid4

import pytest

from search.index import owner_words
from search.index.arrow import IndexRow, TableSchema
from search.index.lance_table import LanceTable
from search.index.lancedb_client import run
from search.index.owner_words import WordCounts, count_words
from search.ranking.words import codes

OWNER = UUID("01a1fea7-713e-73f1-99e6-4d21b4049720")


@pytest.fixture
def texts() -> list[str]:
    return [" ".join(f"word{(row * 7 + place * place) % 41}" for place in range(row * 11 % 31)) for row in range(300)]


@pytest.fixture
def table(texts: list[str]) -> LanceTable:
    """The texts in two fragments, and one of another owner."""
    table = LanceTable(f"words_{uuid4().hex}", TableSchema(columns=(), dimensions=0))
    table.create()
    rows = [IndexRow(uuid4(), 0, OWNER, 1, text, True, None) for text in texts]
    table.merge(rows[:100])
    table.merge([*rows[100:], IndexRow(uuid4(), 0, uuid4(), 1, "word1 stranger", True, None)])
    return table


def counted(table: LanceTable, rows: int) -> WordCounts:
    async def count() -> WordCounts:
        return await count_words(await table.reader(), OWNER, rows)

    return run(count())


def test_each_word_is_counted_once_a_row_and_only_in_the_owners_rows(table: LanceTable, texts: list[str]) -> None:
    expected = Counter(code for text in texts for code in set(codes(text)))
    found = counted(table, len(texts))
    assert found.rows == len(texts)
    assert {code: found.count(code) for code in expected} == expected
    assert found.count(codes("stranger")[0]) == found.count(0) == found.count(2**32 - 1) == 0
    assert found.mean_length == pytest.approx(sum(len(codes(text)) for text in texts) / len(texts))


def test_of_very_many_rows_a_part_is_counted(table: LanceTable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(owner_words, "MAX_COUNTED", 150)
    assert 100 < counted(table, 300).rows < 200
    monkeypatch.setattr(owner_words, "MAX_COUNTED", 1)
    assert counted(table, 300).rows < 60


def test_an_owner_without_rows_has_no_words(table: LanceTable) -> None:
    table.remove_owner(OWNER)
    found = counted(table, 0)
    assert (found.rows, found.mean_length, found.count(codes("word1")[0])) == (0, 0.0, 0)
