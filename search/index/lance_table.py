"""A LanceDB table: rows in, found rows out, no vendor type beyond."""

import asyncio
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings

from search.embedders import Vector
from search.errors import IndexDamaged
from search.filters import Filter, InvalidFilter, checked_values
from search.index.arrow import Row, Shape, schema_of, storable, table_of
from search.index.lancedb_client import connection, reader, run, translated, vendor

LONGEST_QUERY = 1_000  # characters
# With these the vector index finds what an exact search finds (docs/decisions/0008-half-floats-by-owner.md).
PROBES = 60
REFINE = 20
# The same row again, or a late one, changes nothing; a vector that was owed may come later.
NEWER = "target.rev < source.rev OR (target.rev = source.rev AND NOT target.embedded AND source.embedded)"


@dataclass(frozen=True)
class Found:
    """A chunk that a search found; `score` is BM25 for words, cosine similarity for meaning."""

    entity_id: UUID
    text: str
    score: float


class LanceTable:
    """One table. Every read names the owner; every verb raises IndexUnavailable or IndexDamaged.

    Writers must hold the table's lock (`search.sync.locks`): LanceDB itself lets two writers insert one key twice.
    """

    def __init__(self, name: str, shape: Shape, *, least_version: int = 0) -> None:
        self.name = name
        self.shape = shape
        self.least_version = least_version

    def create(self) -> int:
        """Make the empty table with its indices; answers the version."""
        self.create_bare()
        return self.add_indices()

    def create_bare(self) -> None:
        with translated():
            connection(settings.LANCEDB_URI).create_table(self.name, schema=schema_of(self.shape))

    def add_indices(self) -> int:
        """What every search and every merge relies on; answers the version."""
        lance = vendor()
        with translated():
            table = self.open()
            table.set_unenforced_primary_key("id")
            table.create_index("entity_id", config=lance.BTree())
            table.create_index("owner_id", config=lance.Bitmap())
            # ICU finds words in Chinese and Thai too. One language's stop word is another's word: keep them.
            table.create_index("text", config=lance.FTS(base_tokenizer="icu", remove_stop_words=False))
            return int(table.version)

    def words(self, *, owner_id: UUID, query: str, filters: Sequence[Filter], limit: int) -> list[Found]:
        """Chunks that share words with the query, best first."""
        return self.both(owner_id=owner_id, query=query, vector=None, filters=filters, limit=limit)[0]

    def near(self, *, owner_id: UUID, vector: Vector, filters: Sequence[Filter], limit: int) -> list[Found]:
        """Chunks nearest in meaning, best first."""
        return self.both(owner_id=owner_id, query="", vector=vector, filters=filters, limit=limit)[1]

    def both(
        self, *, owner_id: UUID, query: str, vector: Vector | None, filters: Sequence[Filter], limit: int
    ) -> tuple[list[Found], list[Found]]:
        """By words and by meaning, at the same time; a blank query or no vector leaves its side empty."""
        where = self._where(owner_id, filters)
        if where is None:
            return [], []

        async def ask() -> tuple[list[Found], list[Found]]:
            table, indexed = await self._reader(), owner_id in self.shape.indexed_owners
            return await asyncio.gather(
                _ask_words(table, query, where, limit), _ask_meaning(table, vector, where, limit, indexed)
            )

        with translated():
            return run(ask())

    def stored(self, entity_ids: Sequence[UUID], *, vectors: bool = False) -> list[Mapping[str, Any]]:
        """All rows of these entities as they stand, for the writer: id, entity_id, rev, embedded, text and columns."""
        if not entity_ids:
            return []
        names = [name for name in schema_of(self.shape).names if vectors or name != "vector"]
        with translated():
            table = self.open()
            wanted = vendor().col("entity_id").isin([str(entity_id) for entity_id in entity_ids])
            # Without a limit LanceDB answers ten rows to this search; with one, at most all there are.
            rows = table.search().where(wanted).select(names).limit(max(table.count_rows(), 1)).to_arrow()
            return list(rows.to_pylist())

    def merge(self, rows: Sequence[Row]) -> None:
        """Insert or replace rows, where they are newer than what stands."""
        if not rows:
            return
        unique = {row.id: row for row in sorted(rows, key=lambda row: row.rev)}
        data = table_of(list(unique.values()), self.shape)
        with translated():
            merge = self.open().merge_insert("id").when_matched_update_all(where=NEWER).when_not_matched_insert_all()
            # "null": rows without a vector are meant; NaN and wrong widths never come this far.
            merge.execute(data, on_bad_vectors="null")

    def remove(self, ids: Sequence[str]) -> None:
        """Take out rows by their id (chunk)."""
        if ids:
            with translated():
                self.open().delete(vendor().col("id").isin(list(ids)))

    def remove_owner(self, owner_id: UUID) -> None:
        lance = vendor()
        with translated():
            self.open().delete(lance.col("owner_id").eq(lance.lit(str(owner_id))))

    def entity_ids(self, batch: int) -> Iterator[list[UUID]]:
        """Every entity that has a row, `batch` at a time."""
        with translated():
            search = self.open().search().select(["entity_id"]).limit(max(self.count()[0], 1))
            found = sorted(set(search.to_arrow()["entity_id"].to_pylist()))
        for start in range(0, len(found), batch):
            yield [UUID(entity_id) for entity_id in found[start : start + batch]]

    def sample(self, limit: int) -> list[Mapping[str, Any]]:
        """Some rows as they stand, without vectors, of whatever owner: for the operator's page only."""
        names = [name for name in schema_of(self.shape).names if name != "vector"]
        with translated():
            return list(self.open().search().select(names).limit(limit).to_arrow().to_pylist())

    def count(self) -> tuple[int, int]:
        """Rows, and those of them whose vector is not owed."""
        with translated():
            table = self.open()
            return int(table.count_rows()), int(table.count_rows("embedded"))

    def version(self) -> int:
        with translated():
            return int(self.open().version)

    def scan(self) -> None:
        """Read everything once, to know that it can be read."""
        with translated():
            for _ in self.open().search().limit(max(self.count()[0], 1)).to_batches():
                pass

    def drop(self) -> None:
        with translated():
            connection(settings.LANCEDB_URI).drop_table(self.name, ignore_missing=True)

    def sync(self, since: float) -> None:
        """Push the files of commits since `since` (time.time()) to the disk: LanceDB itself never calls fsync."""
        if "://" in settings.LANCEDB_URI:
            return  # an object store answers when it has the bytes
        root = Path(settings.LANCEDB_URI) / f"{self.name}.lance"
        with translated():
            for directory, _, files in os.walk(root):
                fresh = [name for name in files if (Path(directory) / name).stat().st_mtime >= since - 1]
                for path in [*(Path(directory) / name for name in fresh), *([Path(directory)] if fresh else [])]:
                    _fsync(path)

    def open(self) -> Any:
        """LanceDB's own handle, for `search.index.layout`."""
        table = connection(settings.LANCEDB_URI).open_table(self.name)
        # A zeroed manifest opens as version 0 with no rows and no error, a lost one as the version before.
        if table.version < self.least_version:
            raise IndexDamaged
        return table

    async def _reader(self) -> Any:
        table = await reader(self.name)
        if await table.version() < self.least_version:
            raise IndexDamaged
        return table

    def _where(self, owner_id: UUID, filters: Sequence[Filter]) -> Any:
        """The filter; None when a condition can't be built, which matches nothing rather than everything."""
        lance = vendor()
        where = lance.col("owner_id").eq(lance.lit(str(owner_id)))
        try:
            for condition in filters:
                where = where & self._expression(condition)
        except InvalidFilter:
            return None
        return where

    def _expression(self, condition: Filter) -> Any:
        lance = vendor()
        column, checked = checked_values(condition, self.shape.columns)
        values = [str(value) if isinstance(value, UUID) else value for value in checked]
        values = [storable(value) if isinstance(value, str) else value for value in values]
        name = lance.col(column.name)
        if condition.op == "in":
            if not values:
                raise InvalidFilter(condition)
            return name.isin(values)
        return {"eq": name.eq, "ge": name.gte, "lt": name.lt}[condition.op](lance.lit(values[0]))


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


async def _ask_words(table: Any, query: str, where: Any, limit: int) -> list[Found]:
    if not query.strip():
        return []
    match = vendor().MatchQuery(storable(query[:LONGEST_QUERY]), "text")
    search = table.query().nearest_to_text(match).where(where).select(["entity_id", "text", "_score"])
    rows = (await search.limit(limit).to_arrow()).to_pylist()
    return [Found(UUID(row["entity_id"]), row["text"], float(row["_score"])) for row in rows]


async def _ask_meaning(table: Any, vector: Vector | None, where: Any, limit: int, indexed: bool) -> list[Found]:
    if vector is None or not vector.any():  # the zero vector has no direction
        return []
    search = table.query().nearest_to(vector.astype("float16")).column("vector").distance_type("cosine").where(where)
    search = search.nprobes(PROBES).refine_factor(REFINE) if indexed else search.bypass_vector_index()
    rows = (await search.select(["entity_id", "text", "_distance"]).limit(limit).to_arrow()).to_pylist()
    return [Found(UUID(row["entity_id"]), row["text"], 1.0 - float(row["_distance"])) for row in rows]
