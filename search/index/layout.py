"""How a table lies on the disk: few files, rows by owner, and a vector index where it is exact enough."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import numpy as np
import pyarrow as pa

from search.index.arrow import schema_of
from search.index.lance_table import PROBES, REFINE, LanceTable
from search.index.lancedb_client import translated, vendor

# Other processes may be reading what an hour ago was the newest version.
KEEP_VERSIONS = timedelta(hours=1)
# Reading an owner's rows costs 1.6 ms a thousand where they lie together, the index 7 ms: below this, read them.
LARGE_OWNER = 3_000
LEAST_RECALL = 0.98
QUESTIONS = 20
ROWS_AT_ONCE = 5_000


def compact(table: LanceTable) -> int:
    """Merge small files, bring new rows into the indices, drop old versions; answers the version."""
    with translated():
        handle = table.open()
        # Never `delete_unverified`, never a shorter time: both pull files from under other processes.
        handle.optimize(cleanup_older_than=KEEP_VERSIONS)
        return int(handle.version)


def copy_by_owner(source: LanceTable, target: LanceTable) -> None:
    """Fill the empty `target` with the rows of `source`, owner after owner: an owner's search then reads one place."""
    with translated():
        reader = source.open()
        owners = _rows_by_owner(reader)
        schema = schema_of(source.shape)

        def batches() -> Iterator[Any]:
            for group in _groups(owners):
                wanted = vendor().col("owner_id").isin(group)
                rows = reader.search().where(wanted).limit(sum(owners[owner] for owner in group)).to_arrow()
                sorted_rows = rows.select(schema.names).sort_by([("owner_id", "ascending"), ("id", "ascending")])
                yield from sorted_rows.cast(schema).to_batches()

        target.create_bare()
        # One commit: nothing to compact, and no second copy of it all kept for an hour.
        target.open().add(pa.RecordBatchReader.from_batches(schema, batches()), on_bad_vectors="null")
    target.add_indices()


def add_vector_index(table: LanceTable) -> frozenset[UUID]:
    """Build the vector index if somebody is large enough for it, and it finds for them what an exact search finds.

    Answers the owners to use it for; none, where it doesn't stand. An unfiltered recall says nothing: IVF_PQ had
    0.998, and 0.69 for one owner's rows.
    """
    if not table.shape.dimensions:
        return frozenset()
    with translated():
        handle = table.open()
        large = [owner for owner, rows in _rows_by_owner(handle).most_common() if rows >= LARGE_OWNER]
        if not large:
            return frozenset()
        handle.create_index("vector", config=vendor().IvfRq(distance_type="cosine"))
        if filtered_recall(handle, large) >= LEAST_RECALL:
            return frozenset(UUID(owner) for owner in large)
        handle.drop_index("vector_idx")
        return frozenset()


def filtered_recall(handle: Any, owners: Sequence[str]) -> float:
    """The worst mean recall@10 of the largest, the middle and the smallest of these owners."""
    sample = handle.search().where("vector IS NOT NULL").select(["vector"]).limit(QUESTIONS).to_arrow()
    questions = [np.asarray(vector, dtype=np.float16) for vector in sample["vector"].to_pylist()]
    chosen = {owners[0], owners[len(owners) // 2], owners[-1]}
    return min(_recall(handle, owner, questions) for owner in chosen)


def _recall(handle: Any, owner: str, questions: list[Any]) -> float:
    lance = vendor()
    found = wanted = 0
    for question in questions:
        search = handle.search(question, vector_column_name="vector").distance_type("cosine")
        search = search.where(lance.col("owner_id").eq(lance.lit(owner)), prefilter=True)
        search = search.select(["id", "_distance"]).limit(10).nprobes(PROBES).refine_factor(REFINE)
        by_index = set(search.to_arrow()["id"].to_pylist())
        exact = set(search.bypass_vector_index().to_arrow()["id"].to_pylist())
        found, wanted = found + len(by_index & exact), wanted + len(exact)
    return found / wanted if wanted else 1.0


def _rows_by_owner(handle: Any) -> Counter[str]:
    rows = handle.search().select(["owner_id"]).limit(max(handle.count_rows(), 1)).to_arrow()
    return Counter(rows["owner_id"].to_pylist())


def _groups(owners: Counter[str]) -> Iterator[list[str]]:
    """Owners in order, some thousand rows at a time."""
    group: list[str] = []
    rows = 0
    for owner in sorted(owners):
        group.append(owner)
        rows += owners[owner]
        if rows >= ROWS_AT_ONCE:
            yield group
            group, rows = [], 0
    if group:
        yield group
