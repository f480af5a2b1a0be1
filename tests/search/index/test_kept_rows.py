"""Rows that are kept between searches are those that a new read would return, whatever has been written meanwhile."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import numpy as np
import pytest

from search.index import kept_rows
from search.index.arrow import IndexRow, TableSchema
from search.index.kept_rows import refreshed
from search.index.lance_table import LanceTable
from search.index.lancedb_client import run
from search.index.owner_rows import OwnerRows, read_rows
from search.registry import Column, Neighbors, Scalar

OWNER, OTHER = UUID(int=1), UUID(int=2)
SCHEMA = TableSchema(columns=(Column("chat", "uuid"), Column("place", "int")), dimensions=4, group="chat")
NEIGHBORS = Neighbors(group="chat", order="place")
WORDS = ["salt", "bread", "rivers", "kings", "cells"]


@pytest.fixture
def table(own_index: Any) -> LanceTable:
    table = LanceTable("kept", SCHEMA)
    table.create()
    return table


def row(number: int, rev: int, *, owner: UUID = OWNER, embedded: bool = True) -> IndexRow:
    """Its words, vector and place among its neighbors differ for each `rev`."""
    random = np.random.default_rng(1000 * number + rev)
    text = " ".join(random.choice(WORDS, random.integers(1, 6)))
    vector = random.standard_normal(4).astype(np.float32) if embedded else None
    columns: dict[str, Scalar] = {"chat": UUID(int=number % 3), "place": int(random.integers(100))}
    return IndexRow(UUID(int=100 + number), 0, owner, rev, text, embedded, vector, columns)


def read(table: LanceTable) -> OwnerRows:
    async def all_rows() -> OwnerRows:
        return await read_rows(await table.reader(), OWNER, SCHEMA, NEIGHBORS)

    return run(all_rows())


def refresh(table: LanceTable, kept: OwnerRows) -> OwnerRows | None:
    async def changed_rows() -> OwnerRows | None:
        return await refreshed(kept, await table.reader(), OWNER, SCHEMA, NEIGHBORS)

    return run(changed_rows())


def assert_same(one: OwnerRows | None, other: OwnerRows) -> None:
    assert one is not None
    assert one.table.equals(other.table)
    for name in ("codes", "starts", "group", "asks", "vectors"):
        assert np.array_equal(getattr(one.rows, name), getattr(other.rows, name)), name


@pytest.mark.parametrize("seed", range(4))
def test_kept_rows_follow_every_write(table: LanceTable, seed: int) -> None:
    random = np.random.default_rng(seed)
    table.merge([row(number, 1, embedded=number % 4 > 0) for number in range(12)])
    kept = read(table)
    for rev in range(2, 8):
        numbers: Sequence[int] = [int(number) for number in random.choice(20, 5, replace=False)]
        match rev % 3:
            case 0:
                table.remove([row(number, 1).id for number in numbers])
            case 1:
                table.merge([row(number, rev) for number in numbers])
            case _:
                table.merge([row(number, rev, owner=OTHER if number > 15 else OWNER) for number in numbers])
        now = refresh(table, kept)
        assert_same(now, read(table))
        assert now
        kept = now


def test_a_missing_vector_that_arrives_is_read(table: LanceTable) -> None:
    table.merge([row(0, 1, embedded=False), row(1, 1)])
    kept = read(table)
    table.merge([row(0, 1)])
    now = refresh(table, kept)
    assert_same(now, read(table))
    assert now
    assert not np.array_equal(now.rows.vectors, kept.rows.vectors)


def test_the_writes_of_others_change_nothing(table: LanceTable) -> None:
    table.merge([row(number, 1) for number in range(5)])
    kept = read(table)
    table.merge([row(9, 2, owner=OTHER)])
    assert refresh(table, kept) is kept


def test_all_rows_are_read_after_many_changes(table: LanceTable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_rows, "MAX_CHANGED", 2)
    table.merge([row(number, 1) for number in range(5)])
    kept = read(table)
    table.merge([row(number, 2) for number in range(3)])
    assert refresh(table, kept) is None


def test_the_last_row_can_go(table: LanceTable) -> None:
    table.merge([row(0, 1)])
    kept = read(table)
    table.remove([row(0, 1).id])
    assert_same(refresh(table, kept), read(table))
