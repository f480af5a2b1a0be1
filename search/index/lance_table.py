"""A LanceDB table: writes rows and returns matches. No LanceDB type leaves this package."""

import asyncio
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings

from base.text import storable
from search.arrays import Vector
from search.errors import IndexDamaged
from search.filters import Filter, InvalidFilter
from search.index.arrow import IndexRow, TableSchema, arrow_schema, arrow_table
from search.index.conditions import condition_of
from search.index.lancedb_client import (
    connection,
    lancedb_api,
    owned_by,
    reader,
    run,
    translate_errors,
    uncached_connection,
)

MAX_QUERY_LENGTH = 1_000  # characters
# With these values the vector index finds what an exact search finds (docs/decisions/0008-half-floats-by-owner.md).
PROBES = 60
REFINE = 20
# Writing a row twice or late changes nothing; a missing vector may follow with the same `rev`.
NEWER = "target.rev < source.rev OR (target.rev = source.rev AND NOT target.embedded AND source.embedded)"


@dataclass(frozen=True)
class Match:
    """A chunk that a search found; `score` is BM25 for words, cosine similarity for meaning.

    After ranking, `words` are those of the query that the chunk has, and `similarity` says how much nearer in meaning
    it is than an average text, at most 1.
    """

    entity_id: UUID
    text: str
    score: float
    words: tuple[str, ...] = ()
    similarity: float = 0.0


class LanceTable:
    """One table. Every search is limited to one owner; every method raises IndexUnavailable or IndexDamaged.

    Writers must hold the table's lock (`search.sync.locks`): LanceDB itself lets two writers insert the same key.
    """

    def __init__(self, name: str, schema: TableSchema, *, min_version: int = 0) -> None:
        self.name = name
        self.schema = schema
        self.min_version = min_version

    def create(self) -> int:
        """Create the empty table with its indices. Returns its version."""
        self.create_without_indices()
        return self.add_indices()

    def create_without_indices(self) -> None:
        with translate_errors(self.name):
            connection(settings.LANCEDB_URI).create_table(self.name, schema=arrow_schema(self.schema))

    def add_indices(self) -> int:
        """Create the indices that every search and every merge relies on. Returns the table's version."""
        with translate_errors(self.name):
            self.open().set_unenforced_primary_key("id")
        return self.create_indices()

    def create_indices(self) -> int:
        """Create the indices from the rows, and replace those that exist. Returns the table's version."""
        api = lancedb_api()
        with translate_errors(self.name):
            table = self.open()
            table.create_index("entity_id", config=api.BTree())
            table.create_index("owner_id", config=api.Bitmap())
            if self.schema.group:
                table.create_index(self.schema.group, config=api.BTree())
            for column in self.schema.columns:
                if column.indexed and column.name in table.schema.names:
                    table.create_index(column.name, config=api.BTree())
            # ICU finds words in Chinese and Thai too. Stop words stay: one language's stop word is another's word.
            table.create_index("text", config=api.FTS(base_tokenizer="icu", remove_stop_words=False))
            return int(table.version)

    def search_meaning(self, *, owner_id: UUID, vector: Vector, filters: Sequence[Filter], limit: int) -> list[Match]:
        """Chunks nearest to the vector, best first."""
        return self.search(owner_id=owner_id, query="", vector=vector, filters=filters, limit=limit)[1]

    def search(
        self,
        *,
        owner_id: UUID,
        query: str,
        vector: Vector | None,
        filters: Sequence[Filter],
        limit: int,
        within: Collection[UUID] | None = None,
    ) -> tuple[list[Match], list[Match]]:
        """Matches by words and by meaning, searched concurrently. A blank query or a missing vector matches nothing.

        Only entities in `within` match, if it is given.
        """
        where = self.where(owner_id, filters, within)
        if where is None:
            return [], []

        async def search_both() -> tuple[list[Match], list[Match]]:
            table, indexed = await self.reader(), owner_id in self.schema.indexed_owners
            return await asyncio.gather(
                _search_words(table, query, where, limit), _search_meaning(table, vector, where, limit, indexed)
            )

        with translate_errors(self.name):
            return run(search_both())

    def newest(self, *, owner_id: UUID, filters: Sequence[Filter], limit: int) -> list[Match]:
        """The beginnings of the newest entities, of a table with `created_at`, newest first; each scores 1."""
        where = self.where(owner_id, filters)
        if where is None:
            return []
        first_chunks = where & lancedb_api().col("id").contains("#0")

        async def read() -> list[Match]:
            table = await self.reader()
            known = await table.query().where(first_chunks).select(["id", "created_at"]).to_arrow()
            ids = known.sort_by([("created_at", "descending")])["id"][:limit].to_pylist()
            texts = table.query().where(owned_by(owner_id) & lancedb_api().col("id").isin(ids))
            rows = {row["id"]: row for row in (await texts.select(["id", "entity_id", "text"]).to_arrow()).to_pylist()}
            return [Match(UUID(rows[id]["entity_id"]), rows[id]["text"], 1.0) for id in ids if id in rows]

        with translate_errors(self.name):
            return run(read())

    def stored(self, entity_ids: Sequence[UUID], *, vectors: bool = False) -> list[Mapping[str, Any]]:
        """All stored rows of these entities, for the writer: id, entity_id, rev, embedded, text and columns."""
        if not entity_ids:
            return []
        with translate_errors(self.name):
            table = self.open()
            names = [name for name in self._columns(table) if vectors or name != "vector"]
            condition = lancedb_api().col("entity_id").isin([str(entity_id) for entity_id in entity_ids])
            # Without a limit, LanceDB returns ten rows for such a search.
            rows = table.search().where(condition).select(names).limit(max(table.count_rows(), 1)).to_arrow()
            return list(rows.to_pylist())

    def merge(self, rows: Sequence[IndexRow]) -> None:
        """Insert the rows, and replace stored ones where these are newer."""
        if not rows:
            return
        unique = {row.id: row for row in sorted(rows, key=lambda row: row.rev)}
        data = arrow_table(list(unique.values()), self.schema)
        with translate_errors(self.name):
            table = self.open()
            merge = table.merge_insert("id").when_matched_update_all(where=NEWER).when_not_matched_insert_all()
            # "null" keeps rows without a vector. NaN and wrong dimensions were refused before.
            merge.execute(data.select(self._columns(table)), on_bad_vectors="null")

    def remove(self, ids: Sequence[str]) -> None:
        """Delete rows (chunks) by their ids."""
        if ids:
            with translate_errors(self.name):
                self.open().delete(lancedb_api().col("id").isin(list(ids)))

    def remove_owner(self, owner_id: UUID) -> None:
        with translate_errors(self.name):
            self.open().delete(owned_by(owner_id))

    def entity_ids(self, batch: int) -> Iterator[list[UUID]]:
        """Every entity that has a row, `batch` at a time."""
        with translate_errors(self.name):
            search = self.open().search().select(["entity_id"]).limit(max(self.count()[0], 1))
            ids = sorted(set(search.to_arrow()["entity_id"].to_pylist()))
        for start in range(0, len(ids), batch):
            yield [UUID(entity_id) for entity_id in ids[start : start + batch]]

    def sample(self, limit: int) -> list[Mapping[str, Any]]:
        """Some rows of any owner, without vectors. For the operator's page only."""
        with translate_errors(self.name):
            table = self.open()
            names = [name for name in self._columns(table) if name != "vector"]
            return list(table.search().select(names).limit(limit).to_arrow().to_pylist())

    def count(self) -> tuple[int, int]:
        """The number of rows, and the number of those whose vector is not missing."""
        with translate_errors(self.name):
            table = self.open()
            return int(table.count_rows()), int(table.count_rows("embedded"))

    def version(self) -> int:
        with translate_errors(self.name):
            return int(self.open().version)

    def drop(self) -> None:
        with translate_errors(self.name):
            connection(settings.LANCEDB_URI).drop_table(self.name, ignore_missing=True)

    def sync(self, since: float) -> None:
        """Call fsync on the files of commits since `since` (time.time()), because LanceDB never does."""
        if "://" in settings.LANCEDB_URI:
            return  # an object store responds when it has the bytes
        root = Path(settings.LANCEDB_URI) / f"{self.name}.lance"
        with translate_errors(self.name):
            for directory, _, files in os.walk(root):
                fresh = [name for name in files if (Path(directory) / name).stat().st_mtime >= since - 1]
                for path in [*(Path(directory) / name for name in fresh), *([Path(directory)] if fresh else [])]:
                    _fsync(path)

    def open(self, *, uncached: bool = False) -> Any:
        """LanceDB's own handle, for `search.index.layout` and `search.index.damage`."""
        connect = uncached_connection if uncached else connection
        table = connect(settings.LANCEDB_URI).open_table(self.name)
        # A zeroed manifest opens as version 0 with no rows and no error; if it is lost, the previous version opens.
        if table.version < self.min_version:
            raise IndexDamaged
        return table

    async def reader(self) -> Any:
        """LanceDB's own handle for asynchronous reads, always of the newest version."""
        table = await reader(self.name)
        if await table.version() < self.min_version:
            raise IndexDamaged
        return table

    def _columns(self, table: Any) -> list[str]:
        """The columns that the table has. One from before an upgrade lacks the newest until it has been replaced."""
        has = set(table.schema.names)
        return [name for name in arrow_schema(self.schema).names if name in has]

    def where(self, owner_id: UUID, filters: Sequence[Filter], within: Collection[UUID] | None = None) -> Any:
        """The condition of a search. None if a filter is not valid: nothing must match, rather than everything."""
        try:
            return condition_of(owner_id, filters, self.schema.columns, within)
        except InvalidFilter:
            return None


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


async def _search_words(table: Any, query: str, where: Any, limit: int) -> list[Match]:
    if not query.strip():
        return []
    match = lancedb_api().MatchQuery(storable(query[:MAX_QUERY_LENGTH]), "text")
    search = table.query().nearest_to_text(match).where(where).select(["entity_id", "text", "_score"])
    rows = (await search.limit(limit).to_arrow()).to_pylist()
    return [Match(UUID(row["entity_id"]), row["text"], float(row["_score"])) for row in rows]


async def _search_meaning(table: Any, vector: Vector | None, where: Any, limit: int, indexed: bool) -> list[Match]:
    if vector is None or not vector.any():  # the zero vector has no direction
        return []
    search = table.query().nearest_to(vector.astype("float16")).column("vector").distance_type("cosine").where(where)
    search = search.nprobes(PROBES).refine_factor(REFINE) if indexed else search.bypass_vector_index()
    rows = (await search.select(["entity_id", "text", "_distance"]).limit(limit).to_arrow()).to_pylist()
    return [Match(UUID(row["entity_id"]), row["text"], 1.0 - float(row["_distance"])) for row in rows]
