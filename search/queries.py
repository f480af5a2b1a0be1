"""Queries: search by words and by meaning, and the state of the index."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from search.arrays import Vector
from search.embedders import Rejected
from search.errors import EmbedderUnavailable, IndexUnavailable
from search.filters import Filter
from search.index.comparison import Difference
from search.index.database_fallback import search_database
from search.index.fusion import fuse
from search.index.identity import configured_embedder, embedder_of
from search.index.inspection import differences
from search.index.lance_table import Match
from search.index.lancedb_client import warm_up
from search.index.status import TableStatus, embedder_status, index_status, outbox_status
from search.index.tables import lance_table, readable_table
from search.models import IndexTable, TableState
from search.registry import Entity, entity_of
from search.sync.repair import report_failure

__all__ = [
    "Difference",
    "Filter",
    "FindResult",
    "Hit",
    "Mode",
    "TableStatus",
    "differences",
    "embed_texts",
    "embedder_status",
    "embedding_backend",
    "find",
    "index_status",
    "nearest",
    "outbox_status",
    "warm_up",
]

logger = logging.getLogger(__name__)

# The weight of meaning in a hybrid search; words get the rest (docs/decisions/0009-scores-are-summed-not-ranks.md).
MEANING_WEIGHTS = {"builtin": 0.4, "ollama": 0.6}

# More than one, because several chunks of a long text may match.
CANDIDATES_PER_HIT = 4

MAX_WAIT = 2.0  # seconds that a user waits for the embedder


class Mode(TextChoices):
    HYBRID = "hybrid", gettext_lazy("Keywords and meaning")
    SEMANTIC = "semantic", gettext_lazy("Meaning")
    KEYWORD = "keyword", gettext_lazy("Keywords")


@dataclass(frozen=True)
class Hit:
    """An entity that matches; `text` is its best chunk."""

    entity_id: UUID
    score: float
    text: str


@dataclass(frozen=True)
class FindResult:
    """Hits, best first; `notice` tells the user what this search could not do."""

    hits: list[Hit]
    notice: str | None = None


def find(
    *,
    owner_id: UUID,
    table: str,
    query: str,
    mode: Mode,
    filters: Sequence[Filter] = (),
    limit: int = 20,
) -> FindResult:
    """Entities of this owner that match the query, best first. When a part is unavailable, the result has a notice.

    Raises UnknownTable.
    """
    entity = entity_of(table)
    row = readable_table(entity)
    if row is None:
        return _without_index(_Search(entity, IndexTable(), owner_id, query, filters, limit))
    search = _Search(entity, row, owner_id, query, filters, limit)
    try:
        return search.run(mode)
    except IndexUnavailable as error:
        logger.exception("A search of %s failed.", row.lance_name)
        report_failure(error)
        return _without_index(search)


def _without_index(search: "_Search") -> FindResult:
    matches = search_database(
        search.entity, owner_id=search.owner_id, query=search.query, filters=search.filters, limit=search.limit
    )
    hits = [Hit(match.entity_id, match.score, match.text) for match in matches]
    return FindResult(hits, _("Showing keyword matches only. The search index is being repaired."))


def nearest(
    *, owner_id: UUID, table: str, texts: Sequence[str], limit: int, filters: Sequence[Filter] = ()
) -> list[list[Hit]]:
    """For each text the owner's entities nearest in meaning; `score` is the cosine similarity.

    A text that the embedder rejects has no neighbours. Raises UnknownTable, EmbedderUnavailable or IndexUnavailable.
    """
    entity = entity_of(table)
    row = readable_table(entity)
    if row is None:
        raise IndexUnavailable
    if not texts or not row.dimensions:
        return [[] for _text in texts]
    search = _Search(entity, row, owner_id, "", filters, limit)
    # Embedded as documents, not as queries: a model with prefixes gives the same text two different vectors.
    vectors = embedder_of(row).embed_documents(texts, within=MAX_WAIT)
    try:
        return [[] if isinstance(vector, Rejected) else search.neighbours(vector) for vector in vectors]
    except IndexUnavailable as error:
        report_failure(error)
        raise


def embed_texts(texts: Sequence[str]) -> list[Vector | None]:
    """A unit vector for each text, None for a text that the model rejects. Raises EmbedderUnavailable."""
    vectors = configured_embedder().embed_documents(texts)
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
    query: str
    filters: Sequence[Filter]
    limit: int

    def run(self, mode: Mode) -> FindResult:
        vector, notice = None, None
        if self.row.state == TableState.BUILDING:
            notice = _("The search index is still being built. Some results may be missing.")
        if mode is not Mode.KEYWORD:
            try:
                vector = self.vector()
            except EmbedderUnavailable:
                notice = _("Showing keyword matches only. The embedding model is not answering.")
        query = "" if mode is Mode.SEMANTIC and vector is not None else self.query
        words, meaning = self.matches(query, vector)
        return FindResult(self._ranked(words, meaning), notice)

    def vector(self) -> Vector | None:
        """The query's vector, from the table's own model; None where the table has no vectors."""
        if not self.row.dimensions:
            return None
        return embedder_of(self.row).embed_query(self.query)

    def matches(self, query: str, vector: Vector | None) -> tuple[dict[UUID, Match], dict[UUID, Match]]:
        """The best chunk of each entity, by words and by meaning."""
        limit = self.limit * CANDIDATES_PER_HIT
        words, meaning = lance_table(self.entity, self.row).search(
            owner_id=self.owner_id, query=query, vector=vector, filters=self.filters, limit=limit
        )
        return _best(words), _best(meaning)

    def neighbours(self, vector: Vector) -> list[Hit]:
        _words, meaning = self.matches("", vector)
        return [Hit(match.entity_id, match.score, match.text) for match in meaning.values()][: self.limit]

    def _ranked(self, words: dict[UUID, Match], meaning: dict[UUID, Match]) -> list[Hit]:
        weight = MEANING_WEIGHTS.get(self.row.backend, 0.5) if words and meaning else float(bool(meaning))
        scores = fuse(_scores(words), _scores(meaning), weight=weight)
        texts = {**_texts(meaning), **_texts(words)}
        return [Hit(key, min(score, 1.0), texts[key]) for key, score in scores.items()][: self.limit]


def _best(matches: Iterable[Match]) -> dict[UUID, Match]:
    """The best chunk of each entity, best first."""
    best: dict[UUID, Match] = {}
    for match in matches:
        best.setdefault(match.entity_id, match)
    return best


def _scores(matches: dict[UUID, Match]) -> dict[UUID, float]:
    return {key: match.score for key, match in matches.items()}


def _texts(matches: dict[UUID, Match]) -> dict[UUID, str]:
    return {key: match.text for key, match in matches.items()}
