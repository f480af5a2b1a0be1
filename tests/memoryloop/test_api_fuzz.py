"""Requests that nobody would write by hand: none of them ends in a 5xx, and no answer is HTML."""

import json
import re
from contextlib import suppress
from typing import Any
from uuid import uuid4

import pytest
import schemathesis
from django.db import transaction
from django.test import Client
from django.utils.encoding import iri_to_uri
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.core.result import Ok

from accounts.models import User
from chat.models import Role
from memoryloop.api import api
from tests.factories import ApiTokenFactory, CardFactory, GenerationFactory, MessageFactory

Operation = APIOperation[Any, Any, Any, Any]
OPERATIONS: list[Operation] = [
    found.ok()
    for found in schemathesis.openapi.from_dict(api.get_openapi_schema()).get_all_operations()
    if isinstance(found, Ok)
]
WITH_BODY = [operation for operation in OPERATIONS if operation.method in ("post", "put", "patch")]
HEADERS = {"Authorization": "Bearer ml_fuzz"}

bounded = settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.generate],  # a failure is read as it stands; shrinking it would take longer than the test
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
    """A program of Alice's with every right."""
    ApiTokenFactory(owner=alice, token="ml_fuzz")
    return Client(raise_request_exception=False)


@pytest.fixture
def ids(alice: User) -> dict[str, str]:
    """What is there to be found, by the name that paths and bodies have for it."""
    reply = MessageFactory(conversation__owner=alice, role=Role.ASSISTANT)
    rows = {
        "conversation_id": reply.conversation,
        "message_id": reply,
        "card_id": CardFactory(owner=alice),
        "generation_id": GenerationFactory(owner=alice),
    }
    return {name: str(row.pk) for name, row in rows.items()}


def name_of(operation: Operation) -> str:
    return f"{operation.method.upper()} {operation.path}"


def hold(client: Client, verb: str, path: str, content: str | bytes, query: dict[str, Any] | None = None) -> None:
    """Send it, see that the answer is sound, and take back what it did."""
    before = transaction.savepoint()
    response: Any = client.generic(
        verb.upper(), path, content, content_type="application/json", headers=HEADERS, query_params=query
    )
    transaction.savepoint_rollback(before)
    assert response.status_code < 500
    if response.status_code >= 400:
        assert response["Content-Type"] == "application/problem+json"
    else:
        assert "html" not in response.headers.get("Content-Type", "")


def hold_case(client: Client, case: Case[Any]) -> None:
    body = json.dumps(case.body) if isinstance(case.body, dict | list | str | int | float | None) else ""
    query = {name: value for name, value in (case.query or {}).items() if isinstance(value, str | int | float | list)}
    hold(client, case.method, iri_to_uri(case.formatted_path), body, query)


@pytest.mark.slow
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("operation", OPERATIONS, ids=name_of)
def test_what_the_description_allows_and_forbids(
    operation: Operation, mode: GenerationMode, client: Client, ids: dict[str, str]
) -> None:
    @bounded
    @given(case=operation.as_strategy(generation_mode=mode))
    def each(case: Case[Any]) -> None:
        case.path_parameters = {**(case.path_parameters or {}), **ids} if mode.is_positive else case.path_parameters
        hold_case(client, case)

    with suppress(Unsatisfiable):  # a call without a single parameter can't be called wrongly
        each()


@pytest.mark.slow
@pytest.mark.parametrize("operation", WITH_BODY, ids=name_of)
def test_strange_values_in_every_field(operation: Operation, client: Client, ids: dict[str, str]) -> None:
    path = re.sub(r"{(\w+)}", lambda found: ids.get(found[1], str(uuid4())), operation.path)
    fields = {name: strange_values | st.just(ids.get(name)) for name in fields_of(operation)}

    @bounded
    @given(body=st.fixed_dictionaries({}, optional=fields) | strange_values)
    def each(body: Any) -> None:
        hold(client, operation.method, path, json.dumps(body))

    each()


def fields_of(operation: Operation) -> set[str]:
    """The names of the fields of the operation's JSON body."""
    description = api.get_openapi_schema()
    content = description["paths"][operation.path][operation.method].get("requestBody", {}).get("content", {})
    reference = content.get("application/json", {}).get("schema", {}).get("$ref", "")
    shape = description["components"]["schemas"].get(reference.rpartition("/")[2], {})
    return set(shape.get("properties", {}))


@pytest.mark.slow
def test_bytes_that_are_no_json(client: Client) -> None:
    @bounded
    @given(operation=st.sampled_from(WITH_BODY), body=st.binary(min_size=1, max_size=200))
    def each(operation: Operation, body: bytes) -> None:
        hold(client, operation.method, re.sub(r"{\w+}", str(uuid4()), operation.path), body)

    each()
