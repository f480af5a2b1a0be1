"""Invalid bodies and queries of the API are rejected as problem+json."""

import pytest
from django.test import Client, RequestFactory
from pytest_django import Settings

from base.api.json_parser import StrictParser
from base.errors import TooLarge
from tests.api import problem_of

TOKENS = "/api/auth/tokens"


NOT_STRICT_JSON = {
    "not JSON": b"{",
    "invalid UTF-8": b'{"name": "\xff"}',
    "UTF-16": '{"name": "a"}'.encode("utf-16"),
    "NUL": b'{"name": "a\\u0000b"}',
    "a lone surrogate": b'{"name": "\\ud800"}',
    "a lone surrogate as a key": b'{"name": "a", "\\udc00": 1}',
    "deep nesting": b'{"name": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "a long number": b'{"name": "a", "x": ' + b"1" * 10_000 + b"}",
    "infinity": b'{"name": "a", "x": 1e999}',
    "NaN": b'{"name": "a", "x": NaN}',
}

INVALID = {
    "an empty string": b'""',
    "a number": b"1",
    "a list": b"[]",
    "null": b"null",
    "a missing field": b"{}",
    "a wrong type": b'{"name": ["a"]}',
    "a long name": b'{"name": "' + b"a" * 101 + b'"}',
    "an unknown scope": b'{"name": "a", "scopes": ["everything"]}',
}


@pytest.mark.parametrize("body", NOT_STRICT_JSON.values(), ids=NOT_STRICT_JSON.keys())
def test_a_body_that_is_not_strict_json_is_a_422(body: bytes, client: Client) -> None:
    response = client.post(TOKENS, body, content_type="application/json")
    assert problem_of(response, 422)["type"] == "invalid-json"


@pytest.mark.parametrize("body", INVALID.values(), ids=INVALID.keys())
def test_json_that_does_not_fit_the_schema_is_a_422(body: bytes, client: Client) -> None:
    response = client.post(TOKENS, body, content_type="application/json")
    assert problem_of(response, 422)["type"] == "about:blank"


def test_a_surrogate_pair_and_an_escaped_backslash_are_text(client: Client) -> None:
    body = rb'{"name": "\ud83d\ude00 \\u0000 \\ud800"}'
    response = client.post(TOKENS, body, content_type="application/json")
    assert response.status_code == 201
    assert response.json()["name"] == "😀 \\u0000 \\ud800"


def test_a_large_number_is_rejected_where_it_is_used(client: Client) -> None:
    for field, status in {"x": 201, "scopes": 422}.items():
        body = f'{{"name": "a", "{field}": 9223372036854775808}}'
        assert client.post(TOKENS, body, content_type="application/json").status_code == status


def test_an_integer_may_be_written_with_a_point(client: Client) -> None:
    """For JSON Schema 365.0 is an integer."""
    response = client.patch("/api/quiz/settings", '{"maximum_interval": 365.0}', content_type="application/json")
    assert response.json()["maximum_interval"] == 365
    problem_of(client.patch("/api/quiz/settings", {"maximum_interval": 0.5}, content_type="application/json"), 422)


def test_errors_are_listed_by_field(client: Client) -> None:
    body = problem_of(client.post(TOKENS, {"name": ""}, content_type="application/json"), 422)
    assert body["errors"] == {"name": ["String should have at least 1 character"]}


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""])
def test_another_content_type_is_a_415(content_type: str, client: Client) -> None:
    problem_of(client.generic("POST", TOKENS, b'{"name": "a"}', content_type=content_type), 415)


def test_a_large_body_is_a_413(client: Client) -> None:
    body = b'{"name": "' + b"a" * 2_600_000 + b'"}'
    problem_of(client.post(TOKENS, body, content_type="application/json"), 413)


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "limit=1e999", "cursor=%00", "cursor=%ff"])
def test_an_invalid_query_is_a_422(query: str, client: Client) -> None:
    problem_of(client.get(f"{TOKENS}?{query}"), 422)


def test_a_parameter_that_cannot_be_stored_has_a_code_of_its_own(client: Client) -> None:
    assert problem_of(client.get(f"{TOKENS}?cursor=%00"), 422)["type"] == "invalid-parameter"


def test_a_large_body_without_content_length_is_a_413_too(settings: Settings) -> None:
    request = RequestFactory().post(TOKENS, b'{"name": "a"}', content_type="application/json")
    assert request.body
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    with pytest.raises(TooLarge):
        StrictParser().parse_body(request)
