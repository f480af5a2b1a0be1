"""The OpenAPI document names each error that an operation can return, and the schemas are as strict as it says."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from pydantic import BaseModel

from accounts.models import User
from base.api.schemas import RequestBody
from memoryloop.api import api
from tests.api import ApiClient, problem_of
from tests.contract import codes_of, operation_at
from tests.factories import ApiTokenFactory, MessageFactory

CONVERSATIONS = "/api/chat/conversations"


def statuses(method: str, path: str) -> list[int]:
    operation = operation_at(method, path)
    assert operation is not None
    return list(operation["responses"])


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/api/auth/me", [200, 401, 403, 429, 503]),
        ("GET", CONVERSATIONS, [200, 401, 403, 422, 429, 503]),
        ("DELETE", f"{CONVERSATIONS}/1", [204, 401, 403, 404, 415, 429, 503]),
        ("POST", f"{CONVERSATIONS}/1/messages", [201, 401, 403, 404, 409, 413, 415, 422, 429, 503]),
        ("POST", "/api/auth/login", [200, 400, 401, 403, 413, 415, 422, 429, 503]),
        ("GET", "/api/health/live", [200]),
    ],
)
def test_an_operation_has_the_errors_of_its_parts_and_those_that_it_declares(
    method: str, path: str, expected: list[int]
) -> None:
    assert statuses(method, path) == expected


def test_a_status_lists_the_codes_that_a_program_may_find() -> None:
    rate = operation_at("POST", "/api/quiz/rate")
    assert rate is not None
    assert codes_of(rate, 409) == {"card-moved-on", "card-not-in-deck", "card-suspended", "review-id-taken"}
    assert "`card-suspended`: This card is suspended." in rate["responses"][409]["description"]


def test_only_changes_need_a_csrf_token() -> None:
    for method, codes in {"GET": {"scope-missing"}, "POST": {"csrf", "scope-missing"}}.items():
        operation = operation_at(method, CONVERSATIONS)
        assert operation is not None
        assert codes_of(operation, 403) == codes


def test_a_status_that_the_endpoint_describes_itself_stays_as_it_is() -> None:
    health = operation_at("GET", "/api/health")
    assert health is not None
    assert list(health["responses"][503]["content"]) == ["application/json"]


def test_a_stream_is_documented_with_its_media_type() -> None:
    stream = operation_at("GET", "/api/chat/messages/1/stream")
    assert stream is not None
    assert list(stream["responses"][200]["content"]) == ["text/event-stream"]
    assert "Last-Event-ID" in [parameter["name"] for parameter in stream["parameters"]]


def test_every_body_is_strict() -> None:
    for router in api._get_bound_routers():
        for view in router.path_operations.values():
            for operation in view.operations:
                for shape in bodies_of(operation):
                    assert issubclass(shape, RequestBody), shape


def bodies_of(operation: Any) -> Iterator[type[BaseModel]]:
    for model in operation.models:
        if model.__ninja_param_source__ == "body":
            for field in model.model_fields.values():
                options = getattr(field.annotation, "__args__", (field.annotation,))
                yield from (option for option in options if option is not type(None))


def test_every_integer_of_a_body_has_bounds() -> None:
    """Without them, the schema allows numbers that no column can store."""
    document = api.get_openapi_schema()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            for media in operation.get("requestBody", {}).get("content", {}).values():
                for integer in integers_in(media["schema"], document):
                    assert {"minimum", "maximum"} <= integer.keys() or "enum" in integer, f"{method} {path}"


def integers_in(schema: dict[str, Any], document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if schema.get("type") == "integer":
        yield schema
    for part in (*schema.get("properties", {}).values(), *schema.get("anyOf", []), *schema.get("allOf", [])):
        yield from integers_in(part, document)
    if "items" in schema:
        yield from integers_in(schema["items"], document)


@pytest.mark.parametrize("body", ["0", "[]", '{"use_memory": 0}', '{"use_memory": "true"}', '{"use_memory": 1.0}'])
def test_a_value_of_another_type_is_a_422_and_creates_nothing(body: str, alice: User) -> None:
    ApiTokenFactory(owner=alice, token="ml_strict")
    headers = {"Authorization": "Bearer ml_strict"}
    problem_of(Client().generic("POST", CONVERSATIONS, body, content_type="application/json", headers=headers), 422)
    assert alice.conversations.count() == 0


@pytest.mark.parametrize("body", [{}, {"text": None}, {"text": "a", "message_id": None, "skill_node_id": "x"}])
def test_cards_are_generated_from_exactly_one_source(body: dict[str, Any], alice: User) -> None:
    ApiTokenFactory(owner=alice, token="ml_strict")
    client = ApiClient(Client(), {"Authorization": "Bearer ml_strict"})
    assert client.post("/flashcards/generate", body).status == 422
    message = MessageFactory(conversation__owner=alice)
    assert client.post("/flashcards/generate", {"message_id": message.pk, "text": None}).status == 202
