"""The SQL of a query set as a template: text with a named placeholder for each value."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from secrets import randbelow
from typing import Any
from uuid import UUID, uuid4

from django.db import connection
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler

Types = Mapping[str, type]

_EPOCH = datetime(2001, 1, 1, tzinfo=UTC)
# Values that nothing else in a statement equals. Those of int fit into an integer column.
_EXAMPLES: dict[type, Callable[[], Any]] = {
    UUID: uuid4,
    str: lambda: uuid4().hex,
    int: lambda: 10**9 + randbelow(10**9),
    date: lambda: date.fromordinal(10**5 + randbelow(10**6)),
    datetime: lambda: _EPOCH + timedelta(microseconds=randbelow(10**15)),
    list: lambda: [_EPOCH + timedelta(microseconds=randbelow(10**15))],  # of datetimes
}


class NotATemplate(Exception):
    """The SQL depends on the values in another way than by containing them."""


@dataclass(frozen=True)
class Template:
    """`constants` are the parameters that the query set itself adds, such as the status in `status="active"`."""

    sql: str
    constants: dict[str, Any]


def template_of(
    build: "Callable[..., QuerySet[Any]]", types: Types, prefix: str = "constant"
) -> tuple[Template, SQLCompiler]:
    """The template of the query set that `build` returns for values of these types, and the compiler that built it.

    `prefix` begins the names of the constants. Raises NotATemplate.
    """
    template, compiler = _built(build, types, prefix)
    # A second build, with other examples, finds values that `build` has computed with: they look like constants.
    if _built(build, types, prefix)[0] != template:
        raise NotATemplate
    return template, compiler


def _built(build: "Callable[..., QuerySet[Any]]", types: Types, prefix: str) -> tuple[Template, SQLCompiler]:
    examples = {name: _EXAMPLES[kind]() for name, kind in types.items()}
    compiler = build(**examples).query.get_compiler(connection=connection)
    sql, parameters = compiler.as_sql()
    return _template(sql, parameters, examples, prefix), compiler


def _template(sql: str, parameters: Sequence[Any], examples: Mapping[str, Any], prefix: str) -> Template:
    constants: dict[str, Any] = {}
    names = []
    for number, parameter in enumerate(parameters):
        name = next((name for name, example in examples.items() if example == parameter), None)
        if name is None:
            name = f"{prefix}_{number}"
            constants[name] = parameter
        names.append(f"%({name})s")
    *texts, end = sql.split("%s")
    sql = "".join(text + name for text, name in zip(texts, names, strict=True)) + end
    for name, example in examples.items():  # Django writes the limit of a slice into the text
        if isinstance(example, int):
            sql = sql.replace(str(example), f"%({name})s")
    return Template(sql, constants)
