"""The contents of LanceDB, for the operator's page."""

from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any

from search.errors import IndexUnavailable
from search.index.comparison import Difference, compare
from search.index.status import TableStatus, index_status
from search.index.tables import lance_table, readable_table
from search.registry import entities, entity_of

SAMPLE = 10  # rows
MAX_VALUE_LENGTH = 120  # characters


@dataclass(frozen=True)
class TableContents:
    """One table with some of its rows. `difference` is None unless it was requested: finding it reads every row."""

    status: TableStatus
    names: list[str]
    rows: list[list[str]]
    difference: Difference | None


def differences(*, seconds: float) -> list[Difference]:
    """Compare each table with PostgreSQL for up to `seconds`. Raises IndexUnavailable."""
    return [compare(entity, until=monotonic() + seconds) for entity in entities() if readable_table(entity)]


def inspect_tables(*, with_difference: bool) -> list[TableContents]:
    """Every registered table. A table that can't be read has a status and no rows."""
    return [_inspect(status, with_difference=with_difference) for status in index_status()]


def _inspect(status: TableStatus, *, with_difference: bool) -> TableContents:
    entity = entity_of(status.table)
    row = readable_table(entity)
    try:
        sample = lance_table(entity, row).sample(SAMPLE) if row else []
        difference = compare(entity) if with_difference else None
    except IndexUnavailable:
        return TableContents(status, [], [], None)
    names = list(sample[0]) if sample else []
    return TableContents(status, names, [_shown(values) for values in sample], difference)


def _shown(values: Mapping[str, Any]) -> list[str]:
    return [str(value)[:MAX_VALUE_LENGTH] for value in values.values()]
