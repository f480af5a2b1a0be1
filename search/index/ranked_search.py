"""Searches one table: reads what may match of one owner, ranks it, and reads the texts of the best.

All rows of an owner are read, unless there are many: then those that pass the filters of the search, if they have no
neighbors; or those around the candidates that LanceDB's own indices find.
"""

from collections import OrderedDict
from collections.abc import Collection, Coroutine, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import log
from typing import Any, TypeVar
from uuid import UUID

from search.arrays import Array, Vector, np
from search.embedders import unit_vector
from search.embedders.builtin import word_vectors
from search.filters import Filter, InvalidFilter
from search.index.arrow import TableSchema
from search.index.kept_rows import kept_rows, refreshed
from search.index.lance_table import LanceTable, Match
from search.index.lancedb_client import lancedb_api, owned_by, run, translate_errors
from search.index.owner_rows import OwnerRows, read_rows
from search.index.owner_words import WordCounts, count_words
from search.ranking.dates import boosts, named_dates
from search.ranking.query import Query
from search.ranking.scoring import (
    Question,
    Rarity,
    Word,
    counted_rarity,
    rarity,
    score,
    shared_words,
    similarity,
    usual_cosine,
)
from search.ranking.words import code, surfaces
from search.registry import Neighbors

MAX_ROWS = 12_000  # of one owner, to read and rank all of them
CANDIDATES = 40  # by words, and as many by meaning, of an owner with more rows
MAX_ROWS_AROUND = 20_000
# Rows of such an owner by which the mean vector is estimated; owners.
SAMPLE, MAX_SAMPLES = 1_000, 100
# A word whose vector has this length says something. The vectors of "the" and "did" have the lengths 1.6 and 6.8,
# that of "camping" has 19: the model has learned which words matter.
LENGTH_OF_IMPORTANT = 15.0
MAX_WORDS = 32  # of a question; each costs 0.1 ms for 5,000 rows
MAX_LENGTH = 2_000  # characters of a question

Result = TypeVar("Result")


@dataclass(frozen=True)
class Search:
    """`meaning` is its share of the score. Without a `vector`, that of the question is made from its words.

    The entities in `without` are not found, but still explain their neighbors. Only those in `within` are found, if it
    is given.
    """

    owner_id: UUID
    query: Query
    meaning: float
    vector: Vector | None
    filters: Sequence[Filter]
    limit: int
    today: date
    without: Collection[UUID] = ()
    within: Collection[UUID] | None = None


@dataclass(frozen=True)
class _Wanted:
    """The words of a question with the vector of each."""

    words: Sequence[Word]
    vectors: Array

    @classmethod
    def of(cls, text: str) -> "_Wanted":
        forms = surfaces(text[:MAX_LENGTH])
        vectors = word_vectors(list(forms.values()))
        importance = np.minimum(np.linalg.norm(vectors, axis=1) / LENGTH_OF_IMPORTANT, 1.0)
        words = zip(forms.items(), importance, strict=True)
        return cls([Word(code(stem), float(share), written) for (stem, written), share in words], vectors)

    def best(self, rare: Rarity) -> list[Word]:
        """The words that tell most, at most `MAX_WORDS`."""
        return sorted(self.words, key=lambda word: -word.importance * rare.idf(word.code))[:MAX_WORDS]

    def vector(self, rare: Rarity) -> Vector:
        """The direction of the question, in which rare words count more."""
        weights = np.array([rare.idf(word.code) for word in self.words], dtype=np.float32)
        return unit_vector(weights @ self.vectors)


def ranked(table: LanceTable, neighbors: Neighbors | None, search: Search) -> list[Match]:
    """The best row of each matching entity, best first, with absolute scores from 0 to 1.

    A filter that is not valid matches nothing. Raises IndexUnavailable or IndexDamaged.
    """
    wanted = _Wanted.of(search.query.text)
    if not wanted.words:
        return []
    handle, count, owned = _read(table, _whole(table, neighbors, search.owner_id))
    if owned is None:
        where = table.where(search.owner_id, search.filters, search.within)
        if where is None or not _read(table, _has_columns(handle, search.filters)):
            return []
        sample = _read(table, _sampled(table, handle, search.owner_id, count))
        rare = sample.rarity(wanted.words, with_neighbors=neighbors is not None)
        question = _question(search, wanted, rare, sample)
        owned = None if neighbors else _read(table, _narrowed(table, handle, search.owner_id, where))
        owned = owned or _around_candidates(table, handle, neighbors, search, question)
    else:
        rare = rarity(owned.rows, wanted.words)
        question = _question(search, wanted, rare)
    try:
        allowed = _allowed(owned, search, table.schema)
    except InvalidFilter:
        return []
    question = replace(question, usual=usual_cosine(owned.rows, question))
    scores = score(owned.rows, question, rare, allowed, _boost(owned, neighbors, search))
    best = owned.best(scores, search.limit)
    texts = _read(table, _texts(handle, search.owner_id, best))
    # A row may have been deleted since its score was computed.
    return [
        Match(
            *texts[id],
            score=min(float(scores[place]), 1.0),
            words=shared_words(owned.rows, place, question),
            similarity=similarity(owned.rows, place, question),
        )
        for id, place in best.items()
        if id in texts
    ]


def _allowed(owned: OwnerRows, search: Search, schema: TableSchema) -> Array:
    """Which rows may be found. Raises InvalidFilter."""
    allowed = owned.allowed(search.filters, schema) & ~owned.has_entity(search.without)
    return allowed if search.within is None else allowed & owned.has_entity(search.within)


def _read(table: LanceTable, reading: Coroutine[Any, Any, Result]) -> Result:
    with translate_errors(table.name):
        return run(reading)


async def _whole(table: LanceTable, neighbors: Neighbors | None, owner_id: UUID) -> tuple[Any, int, OwnerRows | None]:
    """The table's handle, how many rows the owner has, and all of them; None if there are too many."""
    handle = await table.reader()
    version = await handle.version()
    kept_version, owned = kept_rows.get(table.name, owner_id) or (version, None)
    if owned is not None and kept_version == version:
        return handle, owned.rows.count, owned
    if owned is not None:
        owned = await refreshed(owned, handle, owner_id, table.schema, neighbors)
    if owned is None:
        count = int(await handle.count_rows(owned_by(owner_id).to_sql()))
        if count > MAX_ROWS:
            return handle, count, None
        owned = await read_rows(handle, owner_id, table.schema, neighbors)
    kept_rows.put(table.name, owner_id, version, owned)
    return handle, owned.rows.count, owned


async def _has_columns(handle: Any, filters: Sequence[Filter]) -> bool:
    """A table from before an upgrade lacks columns until it has been rebuilt."""
    return not filters or {condition.column for condition in filters} <= set((await handle.schema()).names)


async def _narrowed(table: LanceTable, handle: Any, owner_id: UUID, where: Any) -> OwnerRows | None:
    """All rows that match the condition, None if there are too many. Their neighbors might not match."""
    # The numbers of the rows come from the indices of the columns, so counting reads no row.
    found = await handle.query().where(where).select([]).with_row_id().limit(MAX_ROWS + 1).to_arrow()
    return await read_rows(handle, owner_id, table.schema, None, where=where) if found.num_rows <= MAX_ROWS else None


def _around_candidates(
    table: LanceTable, handle: Any, neighbors: Neighbors | None, search: Search, question: Question
) -> OwnerRows:
    """The candidates with all their neighbors. Without those, if there are too many of them."""
    words, meaning = table.search(
        owner_id=search.owner_id,
        query=search.query.text if search.meaning < 1 else "",
        vector=question.vector if search.meaning else None,
        filters=search.filters,
        limit=CANDIDATES,
        within=search.within,
    )
    candidates = sorted({str(match.entity_id) for match in (*words, *meaning)})
    return _read(table, _rows_around(handle, table.schema, neighbors, search.owner_id, candidates))


async def _rows_around(
    handle: Any, schema: TableSchema, neighbors: Neighbors | None, owner_id: UUID, candidates: Sequence[str]
) -> OwnerRows:
    api = lancedb_api()
    alone = api.col("entity_id").isin(candidates)
    if neighbors and candidates:
        found = await handle.query().where(owned_by(owner_id) & alone).select([neighbors.group]).to_arrow()
        groups = sorted(set(found[neighbors.group].drop_null().to_pylist()))
        around = api.col(neighbors.group).isin(groups)
        rows = await read_rows(handle, owner_id, schema, neighbors, where=around, limit=MAX_ROWS_AROUND)
        if rows.rows.count < MAX_ROWS_AROUND:
            return rows
    return await read_rows(handle, owner_id, schema, neighbors, where=alone)


def _question(search: Search, wanted: _Wanted, rare: Rarity, sample: "_Sample | None" = None) -> Question:
    vector = wanted.vector(rare) if search.vector is None else search.vector
    usual = max(float(sample.center @ vector), 0.0) if sample and search.meaning else None
    return Question(wanted.best(rare), vector, search.meaning, search.query.phrases, search.query.excluded, usual)


def _boost(owned: OwnerRows, neighbors: Neighbors | None, search: Search) -> Array | None:
    named = named_dates(search.query.text[:MAX_LENGTH], search.today)
    return boosts(named, owned.times(neighbors.order)) if named and neighbors else None


async def _texts(handle: Any, owner_id: UUID, ids: Iterable[str]) -> dict[str, tuple[UUID, str]]:
    """The entity and the text of each of these rows."""
    entities = sorted({id.partition("#")[0] for id in ids})
    condition = owned_by(owner_id) & lancedb_api().col("entity_id").isin(entities)
    found = await handle.query().where(condition).select(["id", "entity_id", "text"]).to_arrow()
    return {row["id"]: (UUID(row["entity_id"]), row["text"]) for row in found.to_pylist()}


@dataclass(frozen=True)
class _Sample:
    """What is known of all rows of an owner, when there were `count`. `center` is their mean vector."""

    count: int
    words: WordCounts
    center: Array

    def rarity(self, words: Sequence[Word], *, with_neighbors: bool) -> Rarity:
        """The length of a row with its neighbors is not known."""
        rare = counted_rarity(self.words.rows, self.words.count, words)
        return rare if with_neighbors else replace(rare, mean_length=self.words.mean_length)


_samples: OrderedDict[tuple[str, UUID], _Sample] = OrderedDict()


async def _sampled(table: LanceTable, handle: Any, owner_id: UUID, count: int) -> _Sample:
    """A sample of the owner's `count` rows, kept until they are a fifth more or fewer."""
    key = (table.name, owner_id)
    known = _samples.get(key)
    if known is None or abs(known.count - count) > count / 5:
        # The last characters of a UUID are random. In the id of a row, "#" follows them.
        digits = max(round(log(count / SAMPLE, 16)), 1)
        where = lancedb_api().col("id").contains(f"{str(owner_id)[-digits:]}#")
        schema = TableSchema(columns=(), dimensions=table.schema.dimensions)
        rows = (await read_rows(handle, owner_id, schema, None, where=where)).rows
        center = rows.vectors.sum(axis=0) / max(rows.count, 1)
        known = _Sample(count, await count_words(handle, owner_id, count), center)
        _samples[key] = known
        while len(_samples) > MAX_SAMPLES:
            _samples.popitem(last=False)
    return known
