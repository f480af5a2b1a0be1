"""What programs may use: tools, resources and prompts. Each is a function that calls a service or a query of an app.

Nothing here imports the library `mcp`, which is loaded with the first request (docs/decisions/0041).
"""

from collections.abc import Callable
from dataclasses import dataclass
from inspect import getdoc
from typing import Any, TypeVar, get_type_hints
from uuid import UUID

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


@dataclass(frozen=True)
class Resource:
    """Rows of one model that programs read by their URIs (`mcp_server.uris`), as JSON."""

    name: str
    title: str
    description: str
    function: Callable[[User, UUID], BaseModel]


_resources: dict[str, Resource] = {}
ResourceFunction = TypeVar("ResourceFunction", bound=Callable[[User, UUID], BaseModel])


def resource(title: str) -> Callable[[ResourceFunction], ResourceFunction]:
    """Register a kind of resource, named as its function and as its model."""

    def register(function: ResourceFunction) -> ResourceFunction:
        name = function.__name__
        _resources[name] = Resource(name, title, getdoc(function) or "", function)
        return function

    return register


def resources() -> list[Resource]:
    return list(_resources.values())


def resource_named(name: str) -> Resource | None:
    return _resources.get(name)


@dataclass(frozen=True)
class Prompt:
    """A message that a user can begin a conversation with, made of the user's data."""

    name: str
    title: str
    description: str
    input: type[BaseModel]
    function: Callable[[User, Any], str]


_prompts: dict[str, Prompt] = {}


def prompt(title: str) -> Callable[[Callable[[User, Input], str]], Callable[[User, Input], str]]:
    """Register a prompt. Its arguments are the fields of the annotated model, which are texts in the protocol."""

    def register(function: Callable[[User, Input], str]) -> Callable[[User, Input], str]:
        types = get_type_hints(function)
        del types["return"]
        _owner, given = types.values()
        _prompts[function.__name__] = Prompt(function.__name__, title, getdoc(function) or "", given, function)
        return function

    return register


def prompts() -> list[Prompt]:
    return list(_prompts.values())


def prompt_named(name: str) -> Prompt | None:
    return _prompts.get(name)
