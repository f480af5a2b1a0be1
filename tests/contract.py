"""The OpenAPI document as a promise: whether a response is one that the document describes."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from memoryloop.api import api

PROBLEM = "application/problem+json"


def operation_at(method: str, path: str) -> dict[str, Any] | None:
    """The document's operation for this request, or None. `path` begins with /api/ and may have a query."""
    path = path.partition("?")[0]
    for pattern, operations in _paths():
        if pattern.fullmatch(path) and method.lower() in operations:
            return dict(operations[method.lower()])
    return None


def codes_of(operation: Mapping[str, Any], status: int) -> set[str]:
    """The codes that the document lists for problems with this status."""
    content = operation["responses"].get(status, {}).get("content", {})
    parts = content.get(PROBLEM, {}).get("schema", {}).get("allOf", [])
    return {code for part in parts for code in part.get("properties", {}).get("type", {}).get("enum", [])}


def assert_documented(method: str, path: str, response: Any) -> None:
    """The document has the response's status, media type and, for an error, its code. Unknown paths are not checked."""
    operation = operation_at(method, path)
    if operation is None or response.status_code == 500:  # a test that provokes a 500 says so itself
        return
    label = f"{method} {path} answered {response.status_code}"
    assert response.status_code in operation["responses"], label
    content = operation["responses"][response.status_code].get("content", {})
    if not content:
        return
    media_type = response["Content-Type"].partition(";")[0]
    assert media_type in content, f"{label} as {media_type}"
    if media_type == PROBLEM:
        code = response.json()["type"]
        assert code in codes_of(operation, response.status_code), f"{label} with the code {code}"


@cache
def _paths() -> list[tuple[re.Pattern[str], dict[str, Any]]]:
    """Paths without variables come first: /flashcards/generate is no card."""
    paths = sorted(api.get_openapi_schema()["paths"].items(), key=lambda entry: entry[0].count("{"))
    return [(re.compile(re.sub(r"{\w+}", "[^/]+", path)), operations) for path, operations in paths]
