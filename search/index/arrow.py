"""Index rows as Arrow tables, the form in which LanceDB stores and returns them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from base.text import storable
from search.arrays import Vector, np, pa
from search.ranking.words import asks, codes
from search.registry import Column, ColumnKind, Value

SEPARATOR = "\x1f"


@dataclass(frozen=True)
class TableSchema:
    """The columns of a table in addition to those that every table has. With 0 dimensions it has no vectors.

    `group` is the column in which neighbors have the same value; empty without neighbors. `stored_by` is the column by
    which an owner's rows are sorted in the files, if any.
    """

    columns: tuple[Column, ...]
    dimensions: int
    indexed_owners: frozenset[UUID] = frozenset()  # owners whose searches use the vector index
    group: str = ""
    stored_by: str = ""


@dataclass(frozen=True)
class IndexRow:
    """One chunk of an entity's text.

    `number` is the chunk's position in the text. Without `embedded`, its vector is still missing. With `embedded` and
    no vector, the text has none, for example because it is blank.
    """

    entity_id: UUID
    number: int
    owner_id: UUID
    rev: int
    text: str
    embedded: bool
    vector: Vector | None
    columns: Mapping[str, Value] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return f"{self.entity_id}#{self.number}"


def _arrow_type(kind: ColumnKind) -> Any:
    types = {
        "uuid": pa.string(),
        "text": pa.string(),
        "int": pa.int64(),
        "float": pa.float64(),
        "bool": pa.bool_(),
        "time": pa.timestamp("us", "UTC"),
        "texts": pa.string(),
    }
    return types[kind]


def arrow_schema(schema: TableSchema) -> Any:
    fields = [
        pa.field("id", pa.string(), nullable=False),
        pa.field("entity_id", pa.string()),
        pa.field("owner_id", pa.string()),
        pa.field("rev", pa.int64()),
        pa.field("embedded", pa.bool_()),
        pa.field("text", pa.string()),
        # What ranking needs of the text (`search.ranking.words`), so that a search reads no texts but those it returns.
        pa.field("words", pa.list_(pa.uint32())),
        pa.field("asks", pa.bool_()),
        *(pa.field(column.name, _arrow_type(column.kind)) for column in schema.columns),
    ]
    if schema.dimensions:
        # float16 halves the bytes that are stored and read, and finds the same neighbors: docs/decisions/0008.
        fields.append(pa.field("vector", pa.list_(pa.float16(), schema.dimensions)))
    return pa.schema(fields)


def arrow_table(rows: Sequence[IndexRow], schema: TableSchema) -> Any:
    """Raises pyarrow's or Python's ValueError or TypeError when a value does not fit its column."""
    arrays = [
        pa.array([row.id for row in rows], pa.string()),
        pa.array([str(row.entity_id) for row in rows], pa.string()),
        pa.array([str(row.owner_id) for row in rows], pa.string()),
        pa.array([row.rev for row in rows], pa.int64()),
        pa.array([row.embedded for row in rows], pa.bool_()),
        pa.array([storable(row.text) for row in rows], pa.string()),
        pa.array([codes(row.text) for row in rows], pa.list_(pa.uint32())),
        pa.array([asks(row.text) for row in rows], pa.bool_()),
    ]
    for column in schema.columns:
        values = [stored_value(row.columns.get(column.name)) for row in rows]
        arrays.append(pa.array(values, _arrow_type(column.kind)))
    if schema.dimensions:
        arrays.append(_vectors([row.vector for row in rows], schema.dimensions))
    return pa.table(arrays, schema=arrow_schema(schema))


def stored_value(value: Value) -> Any:
    """The value as a column holds it: a UUID as text, a text without characters that UTF-8 can't encode."""
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, tuple):
        return joined(value)
    return storable(value) if isinstance(value, str) else value


def joined(texts: Sequence[str]) -> str:
    """Several texts as one, of which each is found with its separators: LanceDB's expressions can't look into lists."""
    parts = [storable(text).replace(SEPARATOR, "\ufffd") for text in texts]
    return SEPARATOR.join(["", *parts, ""]) if parts else ""


def _vectors(vectors: Sequence[Vector | None], dimensions: int) -> Any:
    zeros = np.zeros(dimensions, dtype=np.float16)
    flat = np.concatenate([zeros if vector is None else vector.astype(np.float16) for vector in vectors])
    mask = pa.array([vector is None for vector in vectors], pa.bool_())
    return pa.FixedSizeListArray.from_arrays(pa.array(flat), dimensions, mask=mask)
