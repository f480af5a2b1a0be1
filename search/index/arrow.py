"""Rows as Arrow tables: the one form that LanceDB takes and gives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import numpy as np
import pyarrow as pa

from search.embedders import Vector
from search.registry import Column, ColumnKind, Scalar


@dataclass(frozen=True)
class Shape:
    """What a table looks like; without dimensions it holds no vectors."""

    columns: tuple[Column, ...]
    dimensions: int
    indexed_owners: frozenset[UUID] = frozenset()  # those whose searches use the vector index


@dataclass(frozen=True)
class Row:
    """One chunk of an entity's text as it stands in a table.

    Not `embedded`: its vector is still owed. Embedded without a vector: there is none to be had, as of a blank text.
    """

    entity_id: UUID
    number: int
    owner_id: UUID
    rev: int
    text: str
    embedded: bool
    vector: Vector | None
    columns: Mapping[str, Scalar] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return f"{self.entity_id}#{self.number}"


def _type(kind: ColumnKind) -> Any:
    types = {
        "uuid": pa.string(),
        "text": pa.string(),
        "int": pa.int64(),
        "float": pa.float64(),
        "bool": pa.bool_(),
        "time": pa.timestamp("us", "UTC"),
    }
    return types[kind]


def schema_of(shape: Shape) -> Any:
    fields = [
        pa.field("id", pa.string(), nullable=False),
        pa.field("entity_id", pa.string()),
        pa.field("owner_id", pa.string()),
        pa.field("rev", pa.int64()),
        pa.field("embedded", pa.bool_()),
        pa.field("text", pa.string()),
        *(pa.field(column.name, _type(column.kind)) for column in shape.columns),
    ]
    if shape.dimensions:
        # Half floats: half the bytes on disk and to read, and the same neighbours (docs/decisions).
        fields.append(pa.field("vector", pa.list_(pa.float16(), shape.dimensions)))
    return pa.schema(fields)


def table_of(rows: Sequence[Row], shape: Shape) -> Any:
    """Raises pyarrow's or Python's ValueError or TypeError when a value does not fit its column."""
    schema = schema_of(shape)
    arrays = [
        pa.array([row.id for row in rows], pa.string()),
        pa.array([str(row.entity_id) for row in rows], pa.string()),
        pa.array([str(row.owner_id) for row in rows], pa.string()),
        pa.array([row.rev for row in rows], pa.int64()),
        pa.array([row.embedded for row in rows], pa.bool_()),
        pa.array([storable(row.text) for row in rows], pa.string()),
    ]
    for column in shape.columns:
        values = [_plain(row.columns.get(column.name)) for row in rows]
        arrays.append(pa.array(values, _type(column.kind)))
    if shape.dimensions:
        arrays.append(_vectors([row.vector for row in rows], shape.dimensions))
    return pa.table(arrays, schema=schema)


def storable(text: str) -> str:
    """The text without what UTF-8 has no form for (lone surrogates) and without NUL."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode()


def _plain(value: Scalar) -> Any:
    if isinstance(value, UUID):
        return str(value)
    return storable(value) if isinstance(value, str) else value


def _vectors(vectors: Sequence[Vector | None], dimensions: int) -> Any:
    missing = np.zeros(dimensions, dtype=np.float16)
    flat = np.concatenate([missing if vector is None else vector.astype(np.float16) for vector in vectors])
    mask = pa.array([vector is None for vector in vectors], pa.bool_())
    return pa.FixedSizeListArray.from_arrays(pa.array(flat), dimensions, mask=mask)
