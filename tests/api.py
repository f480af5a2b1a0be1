"""A client of the JSON API, for tests."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.test import Client

from tests.contract import assert_documented


@dataclass(frozen=True)
class ApiResponse:
    """`body` is the decoded JSON, or None when there is none."""

    status: int
    body: Any
    headers: Mapping[str, str]


@dataclass(frozen=True)
class ApiClient:
    """Paths are below /api, such as `/chat/conversations`. `headers` are sent with each request."""

    client: Client
    headers: Mapping[str, str]

    def get(self, path: str, **query: object) -> ApiResponse:
        return self._send("GET", path, query=query)

    def post(self, path: str, body: object = None, **query: object) -> ApiResponse:
        return self._send("POST", path, body, query)

    def put(self, path: str, body: object = None) -> ApiResponse:
        return self._send("PUT", path, body)

    def patch(self, path: str, body: object = None) -> ApiResponse:
        return self._send("PATCH", path, body)

    def delete(self, path: str, **query: object) -> ApiResponse:
        return self._send("DELETE", path, query=query)

    def _send(
        self, method: str, path: str, body: object = None, query: Mapping[str, object] | None = None
    ) -> ApiResponse:
        content = "" if body is None else json.dumps(body, cls=DjangoJSONEncoder)
        response = self.client.generic(
            method,
            f"/api{path}",
            content,
            content_type="application/json",
            headers=dict(self.headers),
            query_params={name: str(value) for name, value in (query or {}).items()},
        )
        assert_documented(method, f"/api{path}", response)
        return ApiResponse(response.status_code, response.json() if _is_json(response) else None, response.headers)


def problem_of(response: Any, status: int) -> dict[str, Any]:
    """The body of an error response, which must have this status and be problem+json."""
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert body["status"] == status
    assert {"type", "title", "detail"} <= body.keys()
    return body


def _is_json(response: Any) -> bool:
    return "json" in response.headers.get("Content-Type", "") and not response.streaming and bool(response.content)
