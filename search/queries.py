"""Queries: search by words and by meaning, and the state of the index."""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from search.arrays import Vector
from search.embedders import Rejected
from search.embedders.builtin import BACKEND as BUILTIN
from search.embedders.ollama import BACKEND as OLLAMA
from search.errors import EmbedderUnavailable, IndexUnavailable
from search.filters import Filter
from search.index.comparison import Difference
from search.index.database_fallback import search_database
from search.index.identity import configured_embedder, embedder_of
from search.index.inspection import differences
from search.index.lance_table import Match
from search.index.lancedb_client import warm_up
from search.index.ranked_search import Search, ranked
from search.index.status import TableStatus, embedder_status, index_status, outbox_status
from search.index.tables import lance_table, readable_table
from search.models import IndexTable, TableState
from search.ranking.query import Query, parse
from search.ranking.words import asks, words
from search.registry import Entity, entities, entity_of
from search.sync.repair import report_failure

__all__ = [
    "MAX_WAIT",
    "Difference",
    "Filter",
    "FindResult",
    "Hit",
    "Mode",
    "TableStatus",
    "asks",
    "differences",
    "embed_texts",
    "embedder_status",
    "embedding_backend",
    "find",
    "find_in_database",
    "index_status",
    "nearest",
    "outbox_status",
    "typed_text",
    "warm_up",
    "words",
]

logger = logging.getLogger(__name__)

# The share of meaning in the score of a hybrid search, by embedder; words have the rest (docs/decisions/0029).
MEANING_SHARES = {BUILTIN: 0.35, OLLAMA: 0.5}

CHUNKS_PER_HIT = 4  # several chunks of a long text may be near

# How much nearer than an average text one is that is called close in meaning to a question (`ranking.scoring`).
CLOSE = 0.35

HAS = "has_"  # has:cards in a query is a filter by the column `has_cards`

MAX_WAIT = 2.0  # seconds that a user waits for the embedder


class Mode(TextChoices):
    HYBRID = "hybrid", gettext_lazy("Keywords and meaning")
    SEMANTIC = "semantic", gettext_lazy("Meaning")
    KEYWORD = "keyword", gettext_lazy("Keywords")


# A result is hardly about the query with a score below these, or below this share of the best one: docs/decisions/0030.
# Where there are no neighbors, scores are lower. Nothing was measured with Ollama's models.
WEAK = {BUILTIN: {Mode.HYBRID: 0.11, Mode.SEMANTIC: 0.13}}
WEAK_ALONE = {BUILTIN: {Mode.HYBRID: 0.06, Mode.SEMANTIC: 0.08}}
WEAK_SHARE = 0.4


@dataclass(frozen=True)
class Hit:
    """An entity that matches; `text` is its best chunk.

    Why it matches: `words` are those of the query that the chunk has, and `is_close` says that its meaning is near. If
    there is neither, its neighbors match.
    """

    entity_id: UUID
    score: float
    text: str
    words: tuple[str, ...] = ()
    is_close: bool = False


@dataclass(frozen=True)
class FindResult:
    """Hits, best first; `notice` tells the user what this search could not do.

    `degraded`: a part of search was unavailable, so the scores mean something else than usual. Hits with a score below
    `weak_below` are hardly about the query; it is 0 where nothing is known of them.
    """

    hits: list[Hit]
    notice: str | None = None
    degraded: bool = False
    weak_below: float = 0.0


def find(
    *,
    owner_id: UUID,
    table: str,
    query: str,
    mode: Mode,
    filters: Sequence[Filter] = (),
    limit: int = 20,
    operators: bool = True,
    without: Collection[UUID] = (),
    within: Collection[UUID] | None = None,
) -> FindResult:
    """Entities of this owner that match the query, best first. When a part is unavailable, the result has a notice.

    Scores are absolute, from 0 to 1. With `operators`, a "quoted phrase" must occur and a -word must not, and has:cards
    filters by the column `has_cards`; a message, in which they mean nothing, is searched without. The entities in
    `without` are not among the hits, and if `within` is given, only its entities are. Raises UnknownTable.
    """
    entity = entity_of(table)
    row = readable_table(entity)
    asked = _parsed(query) if operators else Query(query)
    filters = [*filters, *_filters(asked)]
    search = _Search(entity, row or IndexTable(), owner_id, asked, filters, limit, without, within)
    if row is None:
        return _without_index(search)
    try:
        return search.run(mode)
    except IndexUnavailable as error:
        logger.exception("A search of %s failed.", row.lance_name)
        report_failure(error)
        return _without_index(search)


def typed_text(query: str) -> str:
    """The query without its operators."""
    return _parsed(query).text


def _parsed(query: str) -> Query:
    columns = [column for entity in entities() for column in entity.columns if column.kind == "bool"]
    return parse(query, features={column.name.removeprefix(HAS) for column in columns if column.name.startswith(HAS)})


def _filters(asked: Query) -> list[Filter]:
    return [Filter(f"{HAS}{name}", "eq", wanted) for name, wanted in asked.has.items()]


def _without_index(search: "_Search", notice: str | None = None) -> FindResult:
    matches = search_database(
        search.entity, owner_id=search.owner_id, query=search.query.text, filters=search.filters, limit=search.limit
    )
    hits = [Hit(match.entity_id, match.score, match.text, match.words) for match in matches]
    hits = [hit for hit in hits if search.lets_pass(hit)]
    notice = notice or _("Showing keyword matches only. The search index is being repaired.")
    return FindResult(hits, notice, degraded=True)


def find_in_database(
    *, owner_id: UUID, table: str, query: str, notice: str, filters: Sequence[Filter] = (), limit: int = 20
) -> FindResult:
    """The owner's newest entities with any of the words, without the index. Raises UnknownTable."""
    asked = _parsed(query)
    filters = [*filters, *_filters(asked)]
    return _without_index(_Search(entity_of(table), IndexTable(), owner_id, asked, filters, limit), notice)


def nearest(
    *, owner_id: UUID, table: str, texts: Sequence[str], limit: int, filters: Sequence[Filter] = ()
) -> list[list[Hit]]:
    """For each text the owner's entities nearest in meaning; `score` is the cosine similarity.

    A text that the embedder rejects has no neighbors. Raises UnknownTable, EmbedderUnavailable or IndexUnavailable.
    """
    entity = entity_of(table)
    row = readable_table(entity)
    if row is None:
        raise IndexUnavailable
    if not texts or not row.dimensions:
        return [[] for _text in texts]
    search = _Search(entity, row, owner_id, Query(""), filters, limit)
    # Embedded as documents, not as queries: a model with prefixes gives the same text two different vectors.
    vectors = embedder_of(row).embed_documents(texts, within=MAX_WAIT)
    try:
        return [[] if isinstance(vector, Rejected) else search.neighbors(vector) for vector in vectors]
    except IndexUnavailable as error:
        report_failure(error)
        raise


def embed_texts(texts: Sequence[str], *, within: float | None = None) -> list[Vector | None]:
    """A unit vector for each text, None for a text that the model rejects. Raises EmbedderUnavailable.

    `within` limits the seconds for all of them together; None is no limit.
    """
    vectors = configured_embedder().embed_documents(texts, within=within)
    return [None if isinstance(vector, Rejected) else vector for vector in vectors]


def embedding_backend() -> str:
    """`builtin` or `ollama`, whose similarities have different scales."""
    return configured_embedder().backend


@dataclass(frozen=True)
class _Search:
    """One query to one table."""

    entity: Entity
    row: IndexTable
    owner_id: UUID
    query: Query
    filters: Sequence[Filter]
    limit: int
    without: Collection[UUID] = ()
    within: Collection[UUID] | None = None

    def lets_pass(self, hit: Hit) -> bool:
        return hit.entity_id not in self.without and (self.within is None or hit.entity_id in self.within)

    def run(self, mode: Mode) -> FindResult:
        if self.query.has and not words(self.query.text):
            return FindResult([hit for hit in self.newest() if self.lets_pass(hit)])
        meaning, vector, notice, degraded = self.meaning(mode), None, None, False
        if self.row.state == TableState.BUILDING:
            notice = _("The search index is still being built. Some results may be missing.")
        if meaning and self.row.backend != BUILTIN:
            try:
                vector = embedder_of(self.row).embed_query(self.query.text)
            except EmbedderUnavailable:
                meaning, degraded = 0.0, True
                notice = _("Showing keyword matches only. The embedding model is not answering.")
        today = timezone.localdate()
        search = Search(
            *(self.owner_id, self.query, meaning, vector, self.filters, self.limit, today, self.without, self.within)
        )
        matches = ranked(lance_table(self.entity, self.row), self.entity.neighbors, search)
        hits = [self.hit(match) for match in matches]
        return FindResult(hits, notice, degraded, self.weak_below(mode, hits) if hits and not degraded else 0.0)

    def newest(self) -> list[Hit]:
        """For a query of operators alone, such as has:cards."""
        table = lance_table(self.entity, self.row)
        found = table.newest(owner_id=self.owner_id, filters=self.filters, limit=self.limit)
        return [self.hit(match) for match in found]

    def weak_below(self, mode: Mode, hits: Sequence[Hit]) -> float:
        floors = WEAK if self.entity.neighbors else WEAK_ALONE
        return max(floors.get(self.row.backend, {}).get(mode, 0.0), WEAK_SHARE * hits[0].score)

    def hit(self, match: Match) -> Hit:
        is_close = match.similarity >= CLOSE
        return Hit(match.entity_id, match.score, match.text, match.words, is_close)

    def meaning(self, mode: Mode) -> float:
        """The share of meaning in the score."""
        if not self.row.dimensions or mode is Mode.KEYWORD:
            return 0.0
        return 1.0 if mode is Mode.SEMANTIC else MEANING_SHARES[self.row.backend]

    def neighbors(self, vector: Vector) -> list[Hit]:
        """The owner's entities nearest to the vector, with the cosine similarity of the best chunk of each."""
        matches = lance_table(self.entity, self.row).search_meaning(
            owner_id=self.owner_id, vector=vector, filters=self.filters, limit=self.limit * CHUNKS_PER_HIT
        )
        best: dict[UUID, Hit] = {}
        for match in matches:
            best.setdefault(match.entity_id, Hit(match.entity_id, match.score, match.text))
        return list(best.values())[: self.limit]
