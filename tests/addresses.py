"""All URLs of the site, from Django's URL resolver and from the OpenAPI document."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import get_converters

from memoryloop.api import api

API = "/api"


@dataclass(frozen=True)
class Address:
    """A URL pattern. `name` includes the namespace; `parameters` are the names of the variables in `route`."""

    name: str
    route: str
    parameters: tuple[str, ...]

    def path(self, values: Mapping[str, object]) -> str:
        """The path with each variable replaced. Raises KeyError for a variable that `values` lacks."""
        path = self.route.replace("^", "").replace("$", "")
        for parameter in self.parameters:
            for converter in ("", *(f"{name}:" for name in get_converters())):
                path = path.replace(f"<{converter}{parameter}>", str(values[parameter]))
        return "/" + path


@dataclass(frozen=True)
class Operation:
    """An operation of the API, with the names in its path, its query and its body."""

    method: str
    path: str
    path_names: tuple[str, ...]
    query_names: tuple[str, ...]
    body_names: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def pages() -> list[Address]:
    """All URL patterns except those of the API and of the admin."""
    return [entry for entry in _walk(get_resolver(), "", "") if not entry.name.startswith(("api:", "admin:"))]


def admin_pages() -> list[Address]:
    return [entry for entry in _walk(get_resolver(), "", "") if entry.name.startswith("admin:")]


def operations() -> list[Operation]:
    """All operations of the API, from the OpenAPI document."""
    schema = api.get_openapi_schema()
    return [
        _operation(schema, method, path, entry)
        for path, item in schema["paths"].items()
        for method, entry in item.items()
    ]


def _walk(resolver: URLResolver, prefix: str, namespace: str) -> Iterator[Address]:
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _walk(entry, route, f"{namespace}{entry.namespace}:" if entry.namespace else namespace)
        elif isinstance(entry, URLPattern):
            parameters = (*entry.pattern.converters, *entry.pattern.regex.groupindex)
            inherited = tuple(resolver.pattern.converters)
            names = tuple(dict.fromkeys((*inherited, *parameters)))
            yield Address(f"{namespace}{entry.name or ''}", route, names)


def _operation(schema: dict[str, Any], method: str, path: str, entry: dict[str, Any]) -> Operation:
    given = entry.get("parameters", [])
    content = entry.get("requestBody", {}).get("content", {})
    body = [name for media in content.values() for name in _properties(schema, media["schema"])]
    return Operation(
        method=method.upper(),
        path=path.removeprefix(API),
        path_names=tuple(parameter["name"] for parameter in given if parameter["in"] == "path"),
        query_names=tuple(parameter["name"] for parameter in given if parameter["in"] == "query"),
        body_names=tuple(body),
    )


def _properties(schema: dict[str, Any], part: dict[str, Any]) -> list[str]:
    if "$ref" in part:
        return _properties(schema, schema["components"]["schemas"][part["$ref"].rpartition("/")[2]])
    if "anyOf" in part:
        return [name for option in part["anyOf"] for name in _properties(schema, option)]
    return list(part.get("properties", {}))
