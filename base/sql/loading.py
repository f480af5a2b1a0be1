"""Model instances from the rows of a statement, as Django's `ModelIterable` makes them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model
from django.db.models.sql.compiler import SQLCompiler

Row = TypeVar("Row", bound=Model)
Converters = list[tuple[int, list[Callable[..., Any]], Any]]


class Conversion:
    """What the fields of one compiled query make of the values that PostgreSQL returns."""

    def __init__(self, compiler: SQLCompiler) -> None:
        converters = compiler.get_converters([column[0] for column in compiler.select])
        self._converters: Converters = [
            (position, functions, expression) for position, (functions, expression) in converters.items()
        ]

    def of(self, rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
        if not self._converters:
            yield from rows
            return
        for row in map(list, rows):
            for position, functions, expression in self._converters:
                for function in functions:
                    row[position] = function(row[position], expression, connection)
            yield row


class Loader(Generic[Row]):
    """Makes instances of the rows of one compiled query, with its annotations and its `select_related` of one level."""

    def __init__(self, compiler: SQLCompiler) -> None:
        select, info = compiler.select, compiler.klass_info
        self._columns: _Columns[Row] = _Columns(select, info)
        self._related = [_Related(select, part) for part in info.get("related_klass_infos", ())]
        self._annotations: dict[str, int] = compiler.annotation_col_map or {}
        self._conversion = Conversion(compiler)

    def instances(self, rows: Iterable[Sequence[Any]]) -> Iterator[Row]:
        for row in self._conversion.of(rows):
            instance = self._columns.instance(row)
            for related in self._related:
                related.attach(row, instance)
            for name, position in self._annotations.items():
                setattr(instance, name, row[position])
            yield instance


class _Columns(Generic[Row]):
    """The columns of one model in the rows."""

    def __init__(self, select: Sequence[Any], info: dict[str, Any]) -> None:
        fields = info["select_fields"]
        self.columns = slice(fields[0], fields[-1] + 1)
        self._model: type[Row] = info["model"]
        self._names = [column[0].target.attname for column in select[self.columns]]

    def instance(self, row: Sequence[Any]) -> Row:
        return self._model.from_db(DEFAULT_DB_ALIAS, self._names, row[self.columns])


class _Related(_Columns[Model]):
    """A model that `select_related` names."""

    def __init__(self, select: Sequence[Any], info: dict[str, Any]) -> None:
        super().__init__(select, info)
        self._set_local, self._set_remote = info["local_setter"], info["remote_setter"]
        self._key = self.columns.start + self._names.index(self._model._meta.pk.attname)

    def attach(self, row: Sequence[Any], instance: Model) -> None:
        related = None if row[self._key] is None else self.instance(row)
        self._set_local(instance, related)
        if related is not None:
            self._set_remote(related, instance)
