"""Typed filters that narrow a search. A filter that is not valid matches no row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from search.registry import Column, ColumnKind, Scalar, Value

Operator = Literal["eq", "in", "ge", "lt", "has"]


@dataclass(frozen=True)
class Filter:
    """`value` is a sequence for `in`, otherwise one value of the column's kind.

    A column of several texts is filtered by `has`, with one of them.
    """

    column: str
    op: Operator
    value: Scalar | Sequence[Scalar]


class InvalidFilter(ValueError):
    """The filter names an unknown column or operator, or its value has the wrong type."""


SCALARS = (str, int, float, bool, datetime, UUID)
TYPES: dict[ColumnKind, type | tuple[type, ...]] = {
    "uuid": UUID,
    "text": str,
    "int": int,
    "float": (int, float),
    "bool": bool,
    "time": datetime,
    "texts": str,
}


def checked_values(condition: Filter, columns: Sequence[Column]) -> tuple[Column, list[Scalar]]:
    """The filter's column and its values, each of the column's kind. Raises InvalidFilter."""
    column = next((column for column in columns if column.name == condition.column), None)
    operators = ("has",) if column and column.kind == "texts" else ("eq", "in", "ge", "lt")
    if column is None or condition.op not in operators:
        raise InvalidFilter(condition)
    value = condition.value
    values = list(value) if condition.op == "in" and isinstance(value, (list, tuple, set, frozenset)) else [value]
    return column, [_checked(item, column.kind) for item in values]


def _checked(value: Scalar | Sequence[Scalar], kind: ColumnKind) -> Scalar:
    if not isinstance(value, SCALARS) or not isinstance(value, TYPES[kind]):
        raise InvalidFilter(value)
    if isinstance(value, bool) and kind != "bool":
        raise InvalidFilter(value)
    if isinstance(value, datetime) and value.tzinfo is None:
        raise InvalidFilter(value)
    return value


def matches(condition: Filter, columns: Sequence[Column], values: Mapping[str, Value]) -> bool:
    """Whether a row with `values` passes the filter, by the same rules as in the index."""
    column, expected = checked_values(condition, columns)
    actual = values.get(column.name)
    if isinstance(actual, tuple):
        return expected[0] in actual
    if actual is None:
        return False
    if condition.op in ("eq", "in"):
        return actual in expected
    return _at_least(actual, expected[0]) is (condition.op == "ge")


def _at_least(actual: Scalar, bound: Scalar) -> bool:
    if isinstance(actual, datetime) and isinstance(bound, datetime):
        return actual >= bound
    if isinstance(actual, int | float) and isinstance(bound, int | float):
        return actual >= bound
    return str(actual) >= str(bound)
