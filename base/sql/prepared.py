"""Queries whose SQL is built once and then run with other values.

Django takes 0.2 to 0.7 ms to build the SQL of a query set, several times as long as to run it (docs/decisions/0026).
These classes are for what most requests read. Everything else is a query set.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet
from django.db.transaction import TransactionManagementError

from base.sql.loading import Conversion, Loader
from base.sql.templates import Template, Types, template_of

Row = TypeVar("Row", bound=Model)

NUMBER_OF = "(SELECT count(*) FROM ({}) AS counted)"
PERIODS = """
    unnest(%(begins)s::timestamptz[], %(ends)s::timestamptz[]) WITH ORDINALITY AS period (begin, "end", number)
"""


class PreparedQuery(Generic[Row]):
    """A query set of model instances. Calling it with values by name runs it and returns the instances.

    `types` are the types of the values. `build` returns the query set for one example of each, and is not called again
    for others: it must use them as they are, and neither compute with them nor branch on them. Use an int to limit a
    slice. The first call raises NotATemplate if `build` computes.
    """

    def __init__(self, build: "Callable[..., QuerySet[Row]]", **types: type) -> None:
        self._build, self._types = build, types

    def __call__(self, **values: Any) -> list[Row]:
        """Raises TransactionManagementError if the query locks rows and no transaction is open."""
        template, loader, locks = self._prepared
        if locks and connection.get_autocommit():
            raise TransactionManagementError("A query that locks rows needs a transaction.")
        with connection.cursor() as cursor:
            cursor.execute(template.sql, {**template.constants, **values})
            return list(loader.instances(cursor.fetchall()))

    def first(self, **values: Any) -> Row | None:
        """The first instance. For a query that returns at most a few rows, since it reads all of them."""
        return next(iter(self(**values)), None)

    @cached_property
    def _prepared(self) -> tuple[Template, Loader[Row], bool]:
        template, compiler = template_of(self._build, self._types)
        return template, Loader(compiler), bool(compiler.query.select_for_update)


class PreparedRows:
    """A query set of `values_list`. Calling it with values by name runs it and returns its rows.

    See PreparedQuery for `build` and `types`.
    """

    def __init__(self, build: "Callable[..., QuerySet[Any, Any]]", **types: type) -> None:
        self._build, self._types = build, types

    def __call__(self, **values: Any) -> list[tuple[Any, ...]]:
        template, conversion = self._prepared
        with connection.cursor() as cursor:
            cursor.execute(template.sql, {**template.constants, **values})
            return list(map(tuple, conversion.of(cursor.fetchall())))

    @cached_property
    def _prepared(self) -> tuple[Template, Conversion]:
        template, compiler = template_of(self._build, self._types)
        return template, Conversion(compiler)


class PreparedCounts:
    """The numbers of rows of several query sets. Calling it with values by name reads all of them in one statement.

    `counted` has, by name, functions that return a query set each; see `build` of PreparedQuery.
    """

    def __init__(self, counted: "Mapping[str, Callable[..., QuerySet[Any]]]", **types: type) -> None:
        self._counted, self._types = counted, types

    def __call__(self, **values: Any) -> dict[str, int]:
        template = self._prepared
        with connection.cursor() as cursor:
            cursor.execute(template.sql, {**template.constants, **values})
            return dict(zip(self._counted, cursor.fetchone() or (), strict=True))

    @cached_property
    def _prepared(self) -> Template:
        return _counts(self._counted, self._types)


class PreparedCountsInPeriods:
    """The numbers of rows of several query sets in each of several periods, such as the next days, in one statement.

    `counted` are functions that return a query set each, and take the datetimes `begin` and `end` of a period. With an
    index, this is faster than to group rows by period, because PostgreSQL only walks the index.
    """

    def __init__(self, *counted: "Callable[..., QuerySet[Any]]", **types: type) -> None:
        self._counted, self._types = counted, types

    def __call__(self, *, begins: list[datetime], ends: list[datetime], **values: Any) -> list[int]:
        """For each period, how many rows there are in all query sets together."""
        template = self._prepared
        with connection.cursor() as cursor:
            cursor.execute(template.sql, {**template.constants, **values, "begins": begins, "ends": ends})
            return [sum(row) for row in cursor.fetchall()]

    @cached_property
    def _prepared(self) -> Template:
        counted = {f"count_{number}": build for number, build in enumerate(self._counted)}
        template = _counts(counted, {**self._types, "begin": datetime, "end": datetime})
        counts = template.sql.replace("%(begin)s", "period.begin").replace("%(end)s", 'period."end"')
        return Template(f"{counts} FROM {PERIODS} ORDER BY number", template.constants)


def _counts(counted: "Mapping[str, Callable[..., QuerySet[Any]]]", types: Types) -> Template:
    """A SELECT of the numbers of rows, without a FROM."""
    templates = [_keys(name, build, types) for name, build in counted.items()]
    counts = ", ".join(NUMBER_OF.format(template.sql) for template in templates)
    constants = {name: value for template in templates for name, value in template.constants.items()}
    return Template(f"SELECT {counts}", constants)


def _keys(name: str, build: "Callable[..., QuerySet[Any]]", types: Types) -> Template:
    """The template of the query for the keys alone, without an order."""
    return template_of(lambda **examples: build(**examples).values("pk"), types, prefix=name)[0]
