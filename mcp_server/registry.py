"""The tools that programs may call: each is a function that calls a service or a query of an app.

Nothing here imports the library `mcp`, which is loaded with the first request (docs/decisions/0041).
"""

from collections.abc import Callable
from dataclasses import dataclass
from inspect import getdoc
from typing import Any, TypeVar, get_type_hints

from pydantic import BaseModel, ConfigDict

from accounts.models import Scope, User
from base.api.schemas import RequestBody

Input = TypeVar("Input", bound=BaseModel)
Output = TypeVar("Output", bound=BaseModel)


class ToolInput(RequestBody):
    """The base of what tools are given. A misspelled argument is an error: a model can correct it."""

    model_config = ConfigDict(extra="forbid")


@dataclass(frozen=True)
class Tool:
    """`is_destructive`: it may replace or delete. `is_idempotent`: the same call again changes nothing more."""

    name: str
    title: str
    description: str
    input: type[BaseModel]
    output: type[BaseModel]
    function: Callable[[User, Any], BaseModel]
    scope: Scope
    is_destructive: bool
    is_idempotent: bool

    @property
    def is_read_only(self) -> bool:
        return self.scope is Scope.READ


_tools: dict[str, Tool] = {}


def tool(
    title: str, *, scope: Scope = Scope.READ, is_destructive: bool = False, is_idempotent: bool = False
) -> Callable[[Callable[[User, Input], Output]], Callable[[User, Input], Output]]:
    """Register a tool. Its description is the function's docstring, its schemas are those of the annotations."""

    def register(function: Callable[[User, Input], Output]) -> Callable[[User, Input], Output]:
        types = get_type_hints(function)
        answer = types.pop("return")
        _owner, given = types.values()
        _tools[function.__name__] = Tool(
            name=function.__name__,
            title=title,
            description=getdoc(function) or "",
            input=given,
            output=answer,
            function=function,
            scope=scope,
            is_destructive=is_destructive,
            is_idempotent=is_idempotent or scope is Scope.READ,
        )
        return function

    return register


def tools() -> list[Tool]:
    return list(_tools.values())


def tool_named(name: str) -> Tool | None:
    return _tools.get(name)
