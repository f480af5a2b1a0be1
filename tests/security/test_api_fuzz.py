"""Strange values in the bodies of requests. None gets a 5xx, HTML, or what the OpenAPI document does not describe."""

import json
import re
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.models import User
from memoryloop.api import api
from tests.contract import assert_documented
from tests.factories import ApiTokenFactory
from tests.security.generated_requests import OPERATIONS, Operation

WITH_BODY = [operation for operation in OPERATIONS if operation.method in ("post", "put", "patch")]
HEADERS = {"Authorization": "Bearer ml_fuzz"}

bounded = settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.generate],  # without shrinking, which would take longer than the test
    suppress_health_check=list(HealthCheck),
    database=None,
)
strange_text = st.text(st.characters(), max_size=40) | st.sampled_from(
    ["\0", "\ud800", "a\0b", "‮abc", "*" * 5_000, "[" * 5_000, "%00", "../../x", "' OR 1=1 --", "<script>"]
)
strange_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | strange_text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(strange_text, inner, max_size=3),
    max_leaves=6,
)


@pytest.fixture
def client(alice: User) -> Client:
    """A program that uses Alice's token with all scopes."""
    ApiTokenFactory(owner=alice, token="ml_fuzz")
    return Client(raise_request_exception=False)


def name_of(operation: Operation) -> str:
    return f"{operation.method.upper()} {operation.path}"


def check(client: Client, method: str, path: str, content: str | bytes) -> None:
    """Send the request, check the response, and roll back."""
    before = transaction.savepoint()
    response: Any = client.generic(method.upper(), path, content, content_type="application/json", headers=HEADERS)
    transaction.savepoint_rollback(before)
    assert response.status_code < 500
    if response.status_code >= 400:
        assert response["Content-Type"] == "application/problem+json"
    else:
        assert "html" not in response.headers.get("Content-Type", "")
    assert_documented(method, path, response)


@pytest.mark.slow
@pytest.mark.parametrize("operation", WITH_BODY, ids=name_of)
def test_strange_values_in_every_field(operation: Operation, client: Client, ids: dict[str, str]) -> None:
    path = re.sub(r"{(\w+)}", lambda match: ids.get(match[1], str(uuid4())), operation.path)
    fields = {name: strange_values | st.just(ids.get(name)) for name in fields_of(operation)}

    @bounded
    @given(body=st.fixed_dictionaries({}, optional=fields) | strange_values)
    def run(body: Any) -> None:
        check(client, operation.method, path, json.dumps(body))

    run()


def fields_of(operation: Operation) -> set[str]:
    """The names of the fields of the operation's JSON body."""
    document = api.get_openapi_schema()
    content = document["paths"][operation.path][operation.method].get("requestBody", {}).get("content", {})
    reference = content.get("application/json", {}).get("schema", {}).get("$ref", "")
    schema = document["components"]["schemas"].get(reference.rpartition("/")[2], {})
    return set(schema.get("properties", {}))


@pytest.mark.slow
def test_bytes_that_are_not_json(client: Client) -> None:
    @bounded
    @given(operation=st.sampled_from(WITH_BODY), body=st.binary(min_size=1, max_size=200))
    def run(operation: Operation, body: bytes) -> None:
        check(client, operation.method, re.sub(r"{\w+}", str(uuid4()), operation.path), body)

    run()
