"""From documents to rows: cut, embed what is new, keep the vectors of what is unchanged. Reads only."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

import numpy as np

from search.embedders import Rejected, Vector
from search.errors import EmbedderUnavailable
from search.index.arrow import Row, storable
from search.index.chunking import chunks
from search.index.identity import embedder_for
from search.index.tables import lance_table
from search.models import IndexTable
from search.registry import Document, Entity


@dataclass
class Prepared:
    """What one table should hold of some entities; `rejected` and `owed` say whose vectors are missing and why."""

    rows: dict[UUID, list[Row]]
    rejected: dict[UUID, str] = field(default_factory=dict)
    owed: dict[UUID, str] = field(default_factory=dict)


def prepare(entity: Entity, target: IndexTable, documents: Iterable[Document], revs: Mapping[UUID, int]) -> Prepared:
    """Rows for the table `target`; an embedder that is down leaves them without vectors. Raises IndexUnavailable."""
    rows = {document.entity_id: rows_of(document, rev=revs[document.entity_id]) for document in documents}
    prepared = Prepared(rows)
    if target.dimensions:
        _add_vectors(entity, target, prepared)
    return prepared


def rows_of(document: Document, *, rev: int) -> list[Row]:
    """The document in chunks, without vectors yet."""
    pieces = chunks(storable(document.text))
    return [
        Row(document.entity_id, number, document.owner_id, rev, piece, True, None, document.columns)
        for number, piece in enumerate(pieces)
    ]


def _add_vectors(entity: Entity, target: IndexTable, prepared: Prepared) -> None:
    stored = lance_table(entity, target).stored(list(prepared.rows), vectors=True)
    kept = {(row["id"], row["text"]): row["vector"] for row in stored if row["embedded"]}
    fresh: list[Row] = []
    for rows in prepared.rows.values():
        for row in list(rows):
            if (row.id, row.text) in kept:
                vector = kept[row.id, row.text]
                rows[row.number] = replace(row, vector=vector and np.asarray(vector, dtype=np.float32))
            elif row.text.strip():
                fresh.append(row)
    if fresh:
        _embed(target, prepared, fresh)


def _embed(target: IndexTable, prepared: Prepared, fresh: Sequence[Row]) -> None:
    answers: Sequence[Vector | Rejected | None]
    try:
        answers = embedder_for(target.backend, target.model).embed_documents([row.text for row in fresh])
    except EmbedderUnavailable as error:
        prepared.owed.update((row.entity_id, error.detail) for row in fresh)
        answers = [None] * len(fresh)
    for row, answer in zip(fresh, answers, strict=True):
        if isinstance(answer, Rejected):
            prepared.rejected[row.entity_id] = answer.error
        if answer is None or isinstance(answer, Rejected):
            prepared.rows[row.entity_id][row.number] = replace(row, embedded=False)
        else:
            prepared.rows[row.entity_id][row.number] = replace(row, vector=answer if answer.any() else None)
