"""Finds damage in the files of a table, and recreates its indices."""

from enum import Enum, auto
from typing import Any
from uuid import UUID

from search.arrays import np
from search.errors import IndexDamaged, IndexUnavailable, StoreUnavailable
from search.index.lance_table import PROBES, LanceTable
from search.index.lancedb_client import lancedb_api, translate_errors
from search.index.layout import VECTOR_INDEX, add_vector_index

LOOKUP_INDICES = ("entity_id", "owner_id")
SAMPLE = 20  # rows whose words and vectors are searched for


class Damage(Enum):
    """What is wrong with a table."""

    NONE = auto()
    INDICES = auto()  # they can be recreated from the rows, in seconds and without the embedder
    ROWS = auto()  # the table has to be rebuilt from PostgreSQL


def damage_of(table: LanceTable) -> Damage:
    """Read every row and use every index, past all caches. Raises StoreUnavailable."""
    found = Damage.ROWS
    try:
        with translate_errors(table.name):
            handle = table.open(uncached=True)
            _read_rows(handle)
            found = Damage.INDICES
            _use_indices(handle, with_vectors=bool(table.schema.indexed_owners))
    except StoreUnavailable:
        raise
    except IndexUnavailable:
        return found
    return Damage.NONE


def _read_rows(handle: Any) -> None:
    for _ in handle.search().limit(max(handle.count_rows(), 1)).to_batches():
        pass


def _use_indices(handle: Any, *, with_vectors: bool) -> None:
    indexed = {index.columns[0] for index in handle.list_indices()}
    if not indexed.issuperset([*LOOKUP_INDICES, "text"]):
        raise IndexDamaged
    rows = handle.count_rows()
    for column in LOOKUP_INDICES:
        # A comparison that every value passes reads the whole index.
        if handle.count_rows(f"{column} >= ''") != rows:
            raise IndexDamaged
    sample = handle.search().limit(SAMPLE).to_arrow()
    words = " ".join(text.split()[0] for text in sample["text"].to_pylist() if text.strip()) or "a"
    handle.search(lancedb_api().MatchQuery(words, "text"), query_type="fts").limit(SAMPLE).to_arrow()
    if with_vectors:
        for vector in sample["vector"].to_pylist():
            if vector is not None:
                search = handle.search(np.asarray(vector, dtype=np.float16), vector_column_name="vector")
                search.distance_type("cosine").nprobes(PROBES).limit(SAMPLE).to_arrow()


def recreate_indices(table: LanceTable) -> frozenset[UUID]:
    """Recreate all indices. Returns the owners to use the vector index for, as `layout.add_vector_index` does.

    Call it under the writers' lock. Raises IndexUnavailable.
    """
    table.create_indices()
    with translate_errors(table.name):
        handle = table.open()
        if VECTOR_INDEX in {index.name for index in handle.list_indices()}:
            handle.drop_index(VECTOR_INDEX)
    return add_vector_index(table) if table.schema.indexed_owners else frozenset()
