"""Turns documents into index rows: chunks them, embeds new texts, reuses the vectors of unchanged texts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from uuid import UUID

from base.text import storable
from search.arrays import Vector, np
from search.embedders import Rejected
from search.errors import EmbedderSlow, EmbedderUnavailable
from search.index.arrow import IndexRow
from search.index.chunking import chunks
from search.index.identity import embedder_of
from search.index.tables import lance_table
from search.models import IndexTable
from search.registry import Document, Entity, TextVector

# Seconds that a batch of new texts waits for its vectors. After it, texts are found by words, and vectors follow.
MAX_TEXT_WAIT = 0.5


@dataclass
class Prepared:
    """The rows that one table should hold of some entities, and the `rev` of the change of each entity.

    `rejected` and `missing_vectors` name the entities that have no vector, with the error: the model refused the text,
    or it was unavailable. `slow`: it may be available to a thread that waits longer. `answered`: it embedded the texts.
    """

    rows: dict[UUID, list[IndexRow]]
    revs: Mapping[UUID, int]
    slow: bool = False
    answered: bool = False
    rejected: dict[UUID, str] = field(default_factory=dict)
    missing_vectors: dict[UUID, str] = field(default_factory=dict)


def prepare(
    entity: Entity,
    target: IndexTable,
    documents: Iterable[Document],
    revs: Mapping[UUID, int],
    *,
    text_waits: bool = False,
) -> Prepared:
    """Rows for the table `target`, without vectors while the embedder is unavailable. Raises IndexUnavailable.

    `text_waits`: the texts are not in the index yet, so wait for their vectors for `MAX_TEXT_WAIT` only.
    """
    rows = {document.entity_id: rows_of(document, rev=revs[document.entity_id]) for document in documents}
    prepared = Prepared(rows, revs)
    if target.dimensions:
        new = _reuse_vectors(entity, target, prepared)
        missing = _load_vectors(entity, target, prepared, new)
        if missing:
            _embed(target, prepared, missing, text_waits=text_waits)
            _save_vectors(entity, target, prepared, missing)
    return prepared


def rows_of(document: Document, *, rev: int) -> list[IndexRow]:
    """One row for each chunk of the document, without vectors yet."""
    return [
        IndexRow(document.entity_id, number, document.owner_id, rev, chunk, True, None, document.columns)
        for number, chunk in enumerate(chunks(storable(document.text)))
    ]


def _reuse_vectors(entity: Entity, target: IndexTable, prepared: Prepared) -> list[IndexRow]:
    """Give unchanged texts their vectors from the table. Returns the rows that must be embedded."""
    stored = lance_table(entity, target).stored(list(prepared.rows), vectors=True)
    known = {(row["id"], row["text"]): row["vector"] for row in stored if row["embedded"]}
    new: list[IndexRow] = []
    for rows in prepared.rows.values():
        for row in list(rows):
            if (row.id, row.text) in known:
                vector = known[row.id, row.text]
                rows[row.number] = replace(row, vector=vector and np.asarray(vector, dtype=np.float32))
            elif row.text.strip():
                new.append(row)
    return new


def _load_vectors(entity: Entity, target: IndexTable, prepared: Prepared, new: list[IndexRow]) -> list[IndexRow]:
    """Give new rows the vectors that the app has kept of their texts. Returns the rows that must be embedded."""
    if entity.vectors is None or not new:
        return new
    ids = list({row.entity_id for row in new})
    known = entity.vectors.load(ids, model=_model(target), dimensions=target.dimensions)
    missing: list[IndexRow] = []
    for row in new:
        vector = known.get((row.entity_id, _fingerprint(row.text)))
        if vector is None:
            missing.append(row)
        else:
            prepared.rows[row.entity_id][row.number] = replace(row, vector=vector if vector.any() else None)
    return missing


def _save_vectors(entity: Entity, target: IndexTable, prepared: Prepared, embedded: Sequence[IndexRow]) -> None:
    """Have the app keep all vectors of the entities that have new ones."""
    if entity.vectors is None or not prepared.answered:
        return
    rows = [row for pk in dict.fromkeys(row.entity_id for row in embedded) for row in prepared.rows[pk]]
    zeros = np.zeros(target.dimensions, dtype=np.float32)
    vectors = [
        TextVector(row.entity_id, _fingerprint(row.text), zeros if row.vector is None else row.vector)
        for row in rows
        if row.embedded
    ]
    entity.vectors.save(vectors, model=_model(target))


def _model(target: IndexTable) -> str:
    return f"{target.backend} {target.model} {target.dimensions} {target.prefixes}"


def _fingerprint(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=8).digest()


def _embed(target: IndexTable, prepared: Prepared, new: Sequence[IndexRow], *, text_waits: bool) -> None:
    results: Sequence[Vector | Rejected | None]
    try:
        results = embedder_of(target).embed_documents(
            [row.text for row in new], within=MAX_TEXT_WAIT if text_waits else None, text_waits=text_waits
        )
        prepared.answered = True
    except EmbedderUnavailable as error:
        prepared.slow = isinstance(error, EmbedderSlow)
        prepared.missing_vectors.update((row.entity_id, error.detail) for row in new)
        results = [None] * len(new)
    for row, result in zip(new, results, strict=True):
        if isinstance(result, Rejected):
            prepared.rejected[row.entity_id] = result.error
        if result is None or isinstance(result, Rejected):
            prepared.rows[row.entity_id][row.number] = replace(row, embedded=False)
        else:
            prepared.rows[row.entity_id][row.number] = replace(row, vector=result if result.any() else None)
