"""All URLs of the site, from Django's URL resolver and from the OpenAPI document."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import get_converters

from memoryloop.api import api

API = "/api"


@dataclass(frozen=True)
class SiteUrl:
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


def pages() -> list[SiteUrl]:
    """All URL patterns except those of the API and of the admin."""
    return [url for url in _walk(get_resolver(), "", "") if not url.name.startswith(("api:", "admin:"))]


def admin_pages() -> list[SiteUrl]:
    return [url for url in _walk(get_resolver(), "", "") if url.name.startswith("admin:")]


def operations() -> list[Operation]:
    """All operations of the API, from the OpenAPI document."""
    schema = api.get_openapi_schema()
    return [
        _operation(schema, method, path, description)
        for path, methods in schema["paths"].items()
        for method, description in methods.items()
    ]


def _walk(resolver: URLResolver, prefix: str, namespace: str) -> Iterator[SiteUrl]:
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _walk(entry, route, f"{namespace}{entry.namespace}:" if entry.namespace else namespace)
        elif isinstance(entry, URLPattern):
            parameters = (*entry.pattern.converters, *entry.pattern.regex.groupindex)
            inherited = tuple(resolver.pattern.converters)
            names = tuple(dict.fromkeys((*inherited, *parameters)))
            yield SiteUrl(f"{namespace}{entry.name or ''}", route, names)


def _operation(schema: dict[str, Any], method: str, path: str, description: dict[str, Any]) -> Operation:
    parameters = description.get("parameters", [])
    content = description.get("requestBody", {}).get("content", {})
    body = [name for media in content.values() for name in _properties(schema, media["schema"])]
    return Operation(
        method=method.upper(),
        path=path.removeprefix(API),
        path_names=tuple(parameter["name"] for parameter in parameters if parameter["in"] == "path"),
        query_names=tuple(parameter["name"] for parameter in parameters if parameter["in"] == "query"),
        body_names=tuple(body),
    )


def _properties(schema: dict[str, Any], body: dict[str, Any]) -> list[str]:
    if "$ref" in body:
        return _properties(schema, schema["components"]["schemas"][body["$ref"].rpartition("/")[2]])
    if "anyOf" in body:
        return [name for option in body["anyOf"] for name in _properties(schema, option)]
    return list(body.get("properties", {}))
