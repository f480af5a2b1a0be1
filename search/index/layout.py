"""How a table is stored on disk: in few files, sorted by owner, with a vector index where it is exact enough."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from search.arrays import np, pa
from search.index.arrow import arrow_schema
from search.index.lance_table import PROBES, REFINE, LanceTable
from search.index.lancedb_client import lancedb_api, translate_errors

# Other processes may still read what was the newest version an hour ago.
KEEP_VERSIONS = timedelta(hours=1)
# Reading 1,000 rows of an owner takes 1.6 ms when they are stored together; the index takes 7 ms for any number of
# rows. Owners with fewer rows than this are searched exactly.
MIN_ROWS_FOR_VECTOR_INDEX = 3_000
MIN_RECALL = 0.98
SAMPLE_QUERIES = 20
MIN_ROWS_PER_GROUP = 5_000
REVISION = ["id", "rev", "embedded"]
CATCH_UP_BATCH = 1_000  # rows
VECTOR_INDEX = "vector_idx"  # LanceDB's name for the index of the column `vector`


def compact(table: LanceTable) -> int:
    """Merge small files, add new rows to the indices, delete old versions. Returns the version."""
    with translate_errors(table.name):
        handle = table.open()
        # `delete_unverified` or a shorter time would delete files that other processes are reading.
        handle.optimize(cleanup_older_than=KEEP_VERSIONS)
        return int(handle.version)


def copy_by_owner(source: LanceTable, target: LanceTable) -> None:
    """Create `target` with the rows of `source`, sorted by owner, so that a search reads one place on disk."""
    with translate_errors(source.name):
        reader = source.open()
        # Writers go on meanwhile. Without a fixed version, each group of owners would be of another one.
        reader.checkout(reader.version)
        owners = _rows_by_owner(reader)
        schema = arrow_schema(source.schema)
        order = [name for name in ("owner_id", source.schema.stored_by, "id") if name]

        def batches() -> Iterator[Any]:
            for group in _groups(owners):
                condition = lancedb_api().col("owner_id").isin(group)
                rows = reader.search().where(condition).limit(sum(owners[owner] for owner in group)).to_arrow()
                sorted_rows = rows.select(schema.names).sort_by([(name, "ascending") for name in order])
                yield from sorted_rows.cast(schema).to_batches()

        target.create_without_indices()
        # One commit needs no compaction, which would keep a second copy of all rows for an hour.
        target.open().add(pa.RecordBatchReader.from_batches(schema, batches()), on_bad_vectors="null")
    target.add_indices()


def catch_up(source: LanceTable, target: LanceTable) -> tuple[int, int]:
    """Make `target`, a copy of `source`, equal to it again. Its vector index and sort order stay as they are.

    Returns how many rows were written, and how many texts in the files of `target` were replaced or removed by that.
    Reads only the ids and revs of all rows: 0.1 s for 100,000 rows.
    """
    with translate_errors(source.name):
        reader = source.open()
        reader.checkout(reader.version)
        current, copied = _revisions(reader), _revisions(target.open())
        changed = current.join(copied, keys=REVISION, join_type="left anti")["id"].to_pylist()
        removed = copied.join(current, keys=["id"], join_type="left anti")["id"].to_pylist()
        for start in range(0, len(changed), CATCH_UP_BATCH):
            batch = changed[start : start + CATCH_UP_BATCH]
            rows = reader.search().where(lancedb_api().col("id").isin(batch)).limit(len(batch)).to_arrow()
            _replace(target, rows)
    target.remove(removed)
    replaced = len(set(changed).intersection(copied["id"].to_pylist())) if changed else 0
    return len(changed), len(removed) + replaced


def _revisions(handle: Any) -> "pa.Table":
    """What tells two versions of a row apart: a missing vector is added without a new rev."""
    return handle.search().select(REVISION).limit(max(handle.count_rows(), 1)).to_arrow().select(REVISION)


def _replace(target: LanceTable, rows: "pa.Table") -> None:
    schema = arrow_schema(target.schema)
    merge = target.open().merge_insert("id").when_matched_update_all().when_not_matched_insert_all()
    merge.execute(rows.select(schema.names).cast(schema), on_bad_vectors="null")


def add_vector_index(table: LanceTable) -> frozenset[UUID]:
    """Build the vector index if there are large owners, and keep it if its recall for them is high enough.

    Returns the owners to use it for; empty when the index was not built or was dropped again. Recall over all
    rows would be misleading: IVF_PQ had 0.998 there, and 0.69 for one owner's rows.
    """
    if not table.schema.dimensions:
        return frozenset()
    with translate_errors(table.name):
        handle = table.open()
        large = [owner for owner, rows in _rows_by_owner(handle).most_common() if rows >= MIN_ROWS_FOR_VECTOR_INDEX]
        if not large:
            return frozenset()
        handle.create_index("vector", config=lancedb_api().IvfRq(distance_type="cosine"))
        if filtered_recall(handle, large) >= MIN_RECALL:
            return frozenset(UUID(owner) for owner in large)
        handle.drop_index(VECTOR_INDEX)
        return frozenset()


def filtered_recall(handle: Any, owners: Sequence[str]) -> float:
    """The worst mean recall@10 of three owners: the largest, the middle and the smallest of `owners`."""
    sample = handle.search().where("vector IS NOT NULL").select(["vector"]).limit(SAMPLE_QUERIES).to_arrow()
    queries = [np.asarray(vector, dtype=np.float16) for vector in sample["vector"].to_pylist()]
    chosen = {owners[0], owners[len(owners) // 2], owners[-1]}
    return min(_recall(handle, owner, queries) for owner in chosen)


def _recall(handle: Any, owner: str, queries: Sequence[Any]) -> float:
    api = lancedb_api()
    found = expected = 0
    for query in queries:
        search = handle.search(query, vector_column_name="vector").distance_type("cosine")
        search = search.where(api.col("owner_id").eq(api.lit(owner)), prefilter=True)
        search = search.select(["id", "_distance"]).limit(10).nprobes(PROBES).refine_factor(REFINE)
        by_index = set(search.to_arrow()["id"].to_pylist())
        exact = set(search.bypass_vector_index().to_arrow()["id"].to_pylist())
        found, expected = found + len(by_index & exact), expected + len(exact)
    return found / expected if expected else 1.0


def _rows_by_owner(handle: Any) -> Counter[str]:
    rows = handle.search().select(["owner_id"]).limit(max(handle.count_rows(), 1)).to_arrow()
    return Counter(rows["owner_id"].to_pylist())


def _groups(owners: Counter[str]) -> Iterator[list[str]]:
    """The owners in order, in groups of at least `MIN_ROWS_PER_GROUP` rows; the last one may have fewer."""
    group: list[str] = []
    rows = 0
    for owner in sorted(owners):
        group.append(owner)
        rows += owners[owner]
        if rows >= MIN_ROWS_PER_GROUP:
            yield group
            group, rows = [], 0
    if group:
        yield group
