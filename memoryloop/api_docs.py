"""The API documentation page: a list made from the OpenAPI document, without scripts from other sites."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from ninja import NinjaAPI
from ninja.openapi.docs import DocsBase

METHODS = ("get", "post", "put", "patch", "delete")


class ApiDocs(DocsBase):
    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        schema = api.get_openapi_schema(path_params=kwargs)
        context = {"groups": _groups(schema), "openapi_url": self.get_openapi_url(api, kwargs)}
        return render(request, "memoryloop/api_docs.html", context)


def _groups(schema: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for operation in _operations(schema):
        groups.setdefault(operation["group"], []).append(operation)
    return groups


def _operations(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path, operations in schema["paths"].items():
        for method in METHODS:
            if operation := operations.get(method):
                yield {
                    "method": method.upper(),
                    "path": path,
                    "group": (operation.get("tags") or ["Other"])[0],
                    "summary": operation.get("description") or operation["summary"],
                    "fields": list(_fields(schema, operation)),
                    "public": not operation.get("security"),
                }


def _fields(schema: dict[str, Any], operation: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for parameter in operation.get("parameters", []):
        yield {"name": parameter["name"], "required": parameter.get("required")}
    content = operation.get("requestBody", {}).get("content", {})
    for media in content.values():
        body = _resolve(schema, media["schema"])
        for name in body.get("properties", {}):
            yield {"name": name, "required": name in body.get("required", ())}


def _resolve(schema: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    """The schema of the body itself, where the document only refers to it."""
    reference = body.get("$ref")
    return schema["components"]["schemas"][reference.rpartition("/")[2]] if reference else body
