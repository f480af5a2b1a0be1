"""The conditions of searches, as LanceDB's expressions.

Never as SQL: the literals that LanceDB writes for it let a backslash before a quote end the text.
"""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from search.filters import Filter, InvalidFilter, checked_values
from search.index.arrow import joined, stored_value
from search.index.lancedb_client import lancedb_api, owned_by
from search.registry import Column


def condition_of(
    owner_id: UUID, filters: Sequence[Filter], columns: Sequence[Column], within: Collection[UUID] | None = None
) -> Any:
    """That a row belongs to the owner, passes the filters and, if given, is of the entities in `within`.

    Raises InvalidFilter.
    """
    where = owned_by(owner_id)
    for condition in filters:
        where = where & _expression(condition, columns)
    if within is not None:
        where = where & _any_of("entity_id", [str(entity_id) for entity_id in within])
    return where


def _expression(condition: Filter, columns: Sequence[Column]) -> Any:
    column, checked = checked_values(condition, columns)
    values = [stored_value(value) for value in checked]
    if condition.op == "in":
        return _any_of(column.name, values)
    name, literal = lancedb_api().col(column.name), lancedb_api().lit
    if condition.op == "has":
        return name.contains(literal(joined(values)))
    return {"eq": name.eq, "ge": name.gte, "lt": name.lt}[condition.op](literal(values[0]))


def _any_of(name: str, values: Sequence[Any]) -> Any:
    if not values:
        raise InvalidFilter(name)
    return lancedb_api().col(name).isin(values)
