"""One owner's rows as arrays, ready to be ranked."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from search.arrays import Array, np, pa, pc
from search.filters import Filter, InvalidFilter, checked_values
from search.index.arrow import TableSchema, joined, stored_value
from search.index.lancedb_client import owned_by
from search.ranking.scoring import Rows
from search.ranking.words import asks, codes
from search.registry import Neighbors

MARKS = ("id", "rev", "embedded")  # rows that agree in these are the same


@dataclass(frozen=True)
class OwnerRows:
    """`rows` are in the order of `table`, which has their ids, marks and the columns that filters use."""

    rows: Rows
    table: Any

    @property
    def size(self) -> int:
        """Bytes."""
        return int(self.table.nbytes + self.rows.codes.nbytes + self.rows.vectors.nbytes)

    def allowed(self, filters: Sequence[Filter], schema: TableSchema) -> Array:
        """Which rows pass all the filters. Raises InvalidFilter."""
        passes = np.ones(self.rows.count, dtype=bool)
        for condition in filters:
            passes &= self._passes(condition, schema)
        return passes

    def has_entity(self, entity_ids: Collection[UUID]) -> Array:
        """Which rows belong to one of the entities."""
        ids = pa.array([str(entity_id) for entity_id in entity_ids], pa.string())
        return np.asarray(pc.is_in(self.table["entity_id"], value_set=ids).to_numpy(), dtype=bool)

    def times(self, column: str) -> Array:
        """The values of a column of times, as datetime64."""
        return np.asarray(self.table[column].to_numpy(), dtype="datetime64[us]")

    def best(self, scores: Array, limit: int) -> dict[str, int]:
        """The ids of the best rows with their places, best first: one row of each entity, and none that scores 0."""
        entities, ids = self.table["entity_id"], self.table["id"]
        best: dict[str, tuple[str, int]] = {}
        for number in np.argsort(-scores, kind="stable"):
            if len(best) == limit or scores[number] <= 0:
                break
            best.setdefault(entities[int(number)].as_py(), (ids[int(number)].as_py(), int(number)))
        return dict(best.values())

    def _passes(self, condition: Filter, schema: TableSchema) -> Array:
        column, checked = checked_values(condition, schema.columns)
        if column.name not in self.table.column_names or not checked:
            raise InvalidFilter(condition)
        values, expected = self.table[column.name], [stored_value(value) for value in checked]
        if condition.op == "has":
            passes = pc.match_substring(values, joined(expected))
        elif condition.op == "in":
            passes = pc.is_in(values, value_set=pa.array(expected, values.type))
        else:
            compare = {"eq": pc.equal, "ge": pc.greater_equal, "lt": pc.less}[condition.op]
            passes = compare(values, pa.scalar(expected[0], values.type))
        return np.asarray(pc.fill_null(passes, False).to_numpy(), dtype=bool)


async def read_rows(
    handle: Any,
    owner_id: UUID,
    schema: TableSchema,
    neighbors: Neighbors | None,
    *,
    where: Any = None,
    limit: int | None = None,
) -> OwnerRows:
    """The owner's rows that match the condition, at most `limit` of them, neighbors beside each other."""
    condition = owned_by(owner_id) if where is None else owned_by(owner_id) & where
    query = handle.query().where(condition).select(await _columns(handle, schema))
    table = (await (query.limit(limit) if limit else query).to_arrow()).combine_chunks()
    table = table.sort_by(_order(neighbors))
    return OwnerRows(_arrays(table, schema, neighbors), table.drop_columns(_unfiltered(table)))


async def read_marks(handle: Any, owner_id: UUID) -> Any:
    """The marks of all rows of the owner, in no order. Takes a tenth of the time of `read_rows`, or less."""
    return (await handle.query().where(owned_by(owner_id)).select(list(MARKS)).to_arrow()).combine_chunks()


def merged(kept: OwnerRows, places: Array, added: OwnerRows, neighbors: Neighbors | None) -> OwnerRows:
    """The kept rows at these places together with the added ones, neighbors beside each other."""
    table = pa.concat_tables([kept.table.take(places), added.table])
    order = pc.sort_indices(table, sort_keys=_order(neighbors)).to_numpy()
    table = table.take(order).combine_chunks()
    words = pa.concat_arrays([_words(kept.rows).take(places), _words(added.rows)]).take(order)
    vectors = np.concatenate([kept.rows.vectors[places], added.rows.vectors])
    rows = Rows(
        codes=words.flatten().to_numpy(),
        starts=np.concatenate([[0], np.cumsum(words.value_lengths().to_numpy())]).astype(np.int64),
        group=_groups(table, neighbors),
        asks=np.concatenate([kept.rows.asks[places], added.rows.asks])[order],
        vectors=vectors[order],
    )
    return OwnerRows(rows, table)


def _words(rows: Rows) -> Any:
    return pa.LargeListArray.from_arrays(rows.starts, rows.codes)


def _order(neighbors: Neighbors | None) -> list[tuple[str, str]]:
    columns = [neighbors.group, neighbors.order, "id"] if neighbors else ["id"]
    return [(column, "ascending") for column in columns]


async def _columns(handle: Any, schema: TableSchema) -> list[str]:
    """A table from before an upgrade lacks columns until it has been rebuilt. Words are then made from its texts."""
    has = set((await handle.schema()).names)
    vector = ["vector"] if schema.dimensions else []
    columns = [column.name for column in schema.columns if column.name in has]
    return [*MARKS, "entity_id", *(["words", "asks"] if "words" in has else ["text"]), *columns, *vector]


def _unfiltered(table: Any) -> list[str]:
    return [name for name in ("words", "asks", "text", "vector") if name in table.column_names]


def _arrays(table: Any, schema: TableSchema, neighbors: Neighbors | None) -> Rows:
    if "text" in table.column_names:
        texts = table["text"].to_pylist()
        words, asking = pa.array([codes(text) for text in texts], pa.list_(pa.uint32())), [asks(text) for text in texts]
    else:
        words, asking = _whole(table["words"], pa.list_(pa.uint32())), table["asks"].to_numpy()
    starts = words.offsets.to_numpy().astype(np.int64)
    return Rows(
        codes=words.values.to_numpy()[starts[0] : starts[-1]] if len(starts) else np.zeros(0, dtype=np.uint32),
        starts=starts - starts[0] if len(starts) else np.zeros(1, dtype=np.int64),
        group=_groups(table, neighbors),
        asks=np.asarray(asking, dtype=bool),
        vectors=_vectors(table, schema.dimensions),
    )


def _whole(column: Any, kind: Any) -> Any:
    """The column as one array, also when it has no rows."""
    return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays([pa.array([], kind), *column.chunks])


def _groups(table: Any, neighbors: Neighbors | None) -> Array:
    if neighbors is None:
        return np.arange(table.num_rows, dtype=np.int64)
    encoded = table[neighbors.group].combine_chunks().dictionary_encode(null_encoding="encode")
    return np.asarray(encoded.indices, dtype=np.int64)


def _vectors(table: Any, dimensions: int) -> Array:
    if not dimensions or not table.num_rows:
        return np.zeros((table.num_rows, dimensions), dtype=np.float32)
    column = _whole(table["vector"], pa.list_(pa.float16(), dimensions))
    start = column.offset * dimensions
    flat = column.values.to_numpy(zero_copy_only=False)[start : start + len(column) * dimensions]
    vectors = np.asarray(flat, dtype=np.float32).reshape(len(column), dimensions)
    vectors[np.isnan(vectors[:, 0])] = 0.0  # a row without a vector
    return vectors
