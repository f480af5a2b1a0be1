"""Reads: finding entities by words and by meaning, and how the index stands."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from search.embedders import Rejected, Vector
from search.errors import EmbedderUnavailable, IndexUnavailable
from search.filters import Filter
from search.index.database_fallback import words_in_database
from search.index.fusion import fuse
from search.index.identity import embedder_for
from search.index.lance_table import Found
from search.index.status import index_status, outbox_status
from search.index.tables import lance_table, readable_table
from search.models import IndexTable, TableState
from search.registry import Entity, entity_of
from search.sync.requests import request_repair

__all__ = ["Filter", "Findings", "Hit", "Mode", "find", "index_status", "nearest", "outbox_status"]

log = logging.getLogger(__name__)

# The share of meaning in a hybrid search, by how good the model is: docs/decisions/0009-scores-are-summed-not-ranks.md.
WEIGHTS = {"builtin": 0.4, "ollama": 0.6}

# Candidates taken from each list for one hit wanted: a long text has several chunks in it.
DEPTH = 4


class Mode(TextChoices):
    HYBRID = "hybrid", gettext_lazy("Words and meaning")
    SEMANTIC = "semantic", gettext_lazy("Meaning")
    KEYWORD = "keyword", gettext_lazy("Words")


@dataclass(frozen=True)
class Hit:
    """One entity that was found; `text` is the chunk of it that matched best."""

    entity_id: UUID
    score: float
    text: str


@dataclass(frozen=True)
class Findings:
    """Hits, best first; `notice` says what this search could not do."""

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
) -> Findings:
    """Entities of this owner that fit the query, best first; a part that is away makes a notice, never an error.

    Raises UnknownTable.
    """
    entity = entity_of(table)
    row = readable_table(entity)
    if row is None:
        return _without_index(_Search(entity, IndexTable(), owner_id, query, filters, limit))
    search = _Search(entity, row, owner_id, query, filters, limit)
    try:
        return search.run(mode)
    except IndexUnavailable:
        log.exception("A search of %s failed.", row.lance_name)
        request_repair()
        return _without_index(search)


def _without_index(search: "_Search") -> Findings:
    found = words_in_database(
        search.entity, owner_id=search.owner_id, query=search.query, filters=search.filters, limit=search.limit
    )
    hits = [Hit(hit.entity_id, hit.score, hit.text) for hit in found]
    return Findings(hits, _("The search index is being repaired: this was found by words only."))


def nearest(
    *, owner_id: UUID, table: str, texts: Sequence[str], limit: int, filters: Sequence[Filter] = ()
) -> list[list[Hit]]:
    """For each text the owner's entities nearest in meaning, as one text to another; `score` is the cosine similarity.

    A text that the embedder rejects has no neighbours. Raises UnknownTable, EmbedderUnavailable or IndexUnavailable.
    """
    entity = entity_of(table)
    row = readable_table(entity)
    if row is None:
        raise IndexUnavailable
    if not texts or not row.dimensions:
        return [[] for _text in texts]
    search = _Search(entity, row, owner_id, "", filters, limit)
    # As documents, not as questions: models with prefixes would put the same text at two places.
    vectors = embedder_for(row.backend, row.model).embed_documents(texts, hurried=True)
    return [[] if isinstance(vector, Rejected) else search.neighbours(vector) for vector in vectors]


@dataclass(frozen=True)
class _Search:
    """One question to one table."""

    entity: Entity
    row: IndexTable
    owner_id: UUID
    query: str
    filters: Sequence[Filter]
    limit: int

    def run(self, mode: Mode) -> Findings:
        vector, notice = None, None
        if self.row.state == TableState.BUILDING:
            notice = _("The search index is being built: not everything is found yet.")
        if mode is not Mode.KEYWORD:
            try:
                vector = self.vector()
            except EmbedderUnavailable:
                notice = _("The embedding model is not answering: this was found by words only.")
        query = "" if mode is Mode.SEMANTIC and vector is not None else self.query
        words, meaning = self.ask(query, vector)
        return Findings(self._ranked(words, meaning), notice)

    def vector(self) -> Vector | None:
        """The query's own, made as the table's were; none where the table has none."""
        if not self.row.dimensions:
            return None
        return embedder_for(self.row.backend, self.row.model).embed_query(self.query)

    def ask(self, query: str, vector: Vector | None) -> tuple[dict[UUID, Found], dict[UUID, Found]]:
        words, meaning = lance_table(self.entity, self.row).both(
            owner_id=self.owner_id, query=query, vector=vector, filters=self.filters, limit=self.limit * DEPTH
        )
        return _best(words), _best(meaning)

    def neighbours(self, vector: Vector) -> list[Hit]:
        _none, meaning = self.ask("", vector)
        return [Hit(hit.entity_id, hit.score, hit.text) for hit in meaning.values()][: self.limit]

    def _ranked(self, words: dict[UUID, Found], meaning: dict[UUID, Found]) -> list[Hit]:
        weight = WEIGHTS.get(self.row.backend, 0.5) if words and meaning else float(bool(meaning))
        scores = fuse(_scores(words), _scores(meaning), weight=weight)
        texts = {**_texts(meaning), **_texts(words)}
        return [Hit(key, min(score, 1.0), texts[key]) for key, score in scores.items()][: self.limit]


def _best(found: Iterable[Found]) -> dict[UUID, Found]:
    """The best chunk of each entity, best first."""
    best: dict[UUID, Found] = {}
    for hit in found:
        best.setdefault(hit.entity_id, hit)
    return best


def _scores(found: dict[UUID, Found]) -> dict[UUID, float]:
    return {key: hit.score for key, hit in found.items()}


def _texts(found: dict[UUID, Found]) -> dict[UUID, str]:
    return {key: hit.text for key, hit in found.items()}
