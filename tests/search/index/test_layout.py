"""A vector index is kept only if it finds what an exact search of one owner's rows finds."""

from pathlib import Path
from uuid import UUID, uuid4

import numpy as np
import pytest

from search.arrays import Vector
from search.index import layout
from search.index.arrow import IndexRow, TableSchema
from search.index.lance_table import LanceTable

WIDTH = 64
ROWS = 3_000


def unit_vectors(count: int, seed: int) -> list[Vector]:
    vectors = np.random.default_rng(seed).standard_normal((count, WIDTH)).astype(np.float32)
    return list(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


def owner(number: int) -> UUID:
    """Owner 0 has a tenth of the rows, owner 1 a hundredth, the others share the rest."""
    return UUID(int=0 if number % 10 == 0 else 1 if number % 100 == 1 else 2 + number % 50)


@pytest.fixture
def table(own_index: Path, monkeypatch: pytest.MonkeyPatch) -> LanceTable:
    monkeypatch.setattr(layout, "MIN_ROWS_FOR_VECTOR_INDEX", 100)
    table = LanceTable(f"layout_{uuid4().hex}", TableSchema((), WIDTH))
    table.create()
    vectors = unit_vectors(ROWS, seed=1)
    rows = [IndexRow(UUID(int=n + 1), 0, owner(n), 1, f"text {n}", True, vectors[n]) for n in range(ROWS)]
    table.merge(rows)
    return table


def exact(vector: Vector, asker: UUID) -> set[int]:
    vectors = unit_vectors(ROWS, seed=1)
    own = [number for number in range(ROWS) if owner(number) == asker]
    own.sort(key=lambda number: -float(vectors[number] @ vector))
    return {number + 1 for number in own[:10]}


def test_the_index_finds_what_exact_search_finds(table: LanceTable) -> None:
    owners = layout.add_vector_index(table)
    assert UUID(int=0) in owners
    assert UUID(int=1) not in owners
    indexed = LanceTable(table.name, TableSchema((), WIDTH, owners))
    recalls = []
    for query in unit_vectors(20, seed=2):
        for asker in (UUID(int=0), UUID(int=1)):
            found = indexed.search_meaning(owner_id=asker, vector=query, filters=(), limit=10)
            recalls.append(len({hit.entity_id.int for hit in found} & exact(query, asker)) / 10)
    assert np.mean(recalls) >= layout.MIN_RECALL


def test_a_row_that_is_newer_than_the_index_is_found(table: LanceTable) -> None:
    indexed = LanceTable(table.name, TableSchema((), WIDTH, layout.add_vector_index(table)))
    [vector] = unit_vectors(1, seed=3)
    indexed.merge([IndexRow(UUID(int=10**6), 0, UUID(int=0), 2, "new", True, vector)])
    [best] = indexed.search_meaning(owner_id=UUID(int=0), vector=vector, filters=(), limit=1)
    assert best.text == "new"
    assert best.score == pytest.approx(1, abs=0.01)


def test_an_index_with_low_recall_is_dropped(table: LanceTable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "filtered_recall", lambda handle, owners: 0.9)
    assert layout.add_vector_index(table) == frozenset()
    assert "vector_idx" not in [index.name for index in table.open().list_indices()]


def test_without_a_large_owner_there_is_no_index(table: LanceTable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "MIN_ROWS_FOR_VECTOR_INDEX", ROWS)
    assert layout.add_vector_index(table) == frozenset()
    assert "vector_idx" not in [index.name for index in table.open().list_indices()]


def test_half_floats_keep_the_nearest_neighbors(table: LanceTable) -> None:
    recalls = []
    for query in unit_vectors(20, seed=2):
        found = table.search_meaning(owner_id=UUID(int=0), vector=query, filters=(), limit=10)
        recalls.append(len({hit.entity_id.int for hit in found} & exact(query, UUID(int=0))) / 10)
    assert np.mean(recalls) >= 0.995


def test_a_copy_is_sorted_by_owner_and_complete(table: LanceTable) -> None:
    copy = LanceTable(f"copy_{uuid4().hex}", table.schema)
    layout.copy_by_owner(table, copy)
    rows = copy.open().to_arrow()
    owners = rows["owner_id"].to_pylist()
    assert owners == sorted(owners)
    assert sorted(rows["id"].to_pylist()) == sorted(table.open().to_arrow()["id"].to_pylist())
    [best], _meaning = copy.search(owner_id=UUID(int=0), query="text 10", vector=None, filters=(), limit=1)
    assert best.text == "text 10"
