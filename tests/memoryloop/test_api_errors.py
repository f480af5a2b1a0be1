"""Whatever is sent to the API, the answer is problem+json with the right status."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DataError, OperationalError
from django.http import Http404
from django.test import Client, RequestFactory
from ninja.errors import HttpError
from pytest_django import Settings

from accounts.models import User
from base.api.json_parser import StrictParser
from base.errors import Conflict, TooLarge, TooMany
from tests.api import ApiClient

TOKENS = "/api/auth/tokens"


@pytest.fixture
def client(alice: User, client_of: Callable[[User], Client]) -> Client:
    client = client_of(alice)
    client.raise_request_exception = False
    return client


def refused(response: Any, status: int) -> dict[str, Any]:
    """The body of a refusal, which has this status and the right form."""
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert body["status"] == status
    assert {"type", "title", "detail"} <= body.keys()
    return body


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/nothing", "/api/nothing/", "/api/auth/tokens/1", "/api/%00"])
def test_an_unknown_address_is_a_404(path: str, client: Client) -> None:
    refused(client.get(path), 404)


def test_a_wrong_verb_is_a_405_that_names_the_right_ones(client: Client) -> None:
    response = client.put(TOKENS)
    refused(response, 405)
    assert "POST" in response["Allow"]


BROKEN_BODIES = {
    "no JSON": b"{",
    "an empty string": b'""',
    "a number": b"1",
    "a list": b"[]",
    "null": b"null",
    "invalid UTF-8": b'{"name": "\xff"}',
    "UTF-16": '{"name": "a"}'.encode("utf-16"),
    "NUL": b'{"name": "a\\u0000b"}',
    "half a surrogate pair": b'{"name": "\\ud800"}',
    "half a surrogate pair as a key": b'{"name": "a", "\\udc00": 1}',
    "depth": b'{"name": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "a long number": b'{"name": "a", "x": ' + b"1" * 10_000 + b"}",
    "a large number": b'{"name": "a", "x": 9223372036854775808}',
    "infinity": b'{"name": "a", "x": 1e999}',
    "NaN": b'{"name": "a", "x": NaN}',
    "a missing field": b"{}",
    "a wrong type": b'{"name": ["a"]}',
    "a long name": b'{"name": "' + b"a" * 101 + b'"}',
    "an unknown scope": b'{"name": "a", "scopes": ["everything"]}',
}


@pytest.mark.parametrize("body", BROKEN_BODIES.values(), ids=BROKEN_BODIES.keys())
def test_a_broken_body_is_a_422(body: bytes, client: Client) -> None:
    refused(client.post(TOKENS, body, content_type="application/json"), 422)


def test_a_whole_surrogate_pair_and_a_written_escape_are_text(client: Client) -> None:
    body = rb'{"name": "\ud83d\ude00 \\u0000 \\ud800"}'
    response = client.post(TOKENS, body, content_type="application/json")
    assert response.status_code == 201
    assert response.json()["name"] == "😀 \\u0000 \\ud800"


def test_errors_are_told_by_field(client: Client) -> None:
    body = refused(client.post(TOKENS, {"name": ""}, content_type="application/json"), 422)
    assert body["errors"] == {"name": ["String should have at least 1 character"]}


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""])
def test_another_content_type_is_a_415(content_type: str, client: Client) -> None:
    refused(client.generic("POST", TOKENS, b'{"name": "a"}', content_type=content_type), 415)


def test_a_large_body_is_a_413(client: Client) -> None:
    body = b'{"name": "' + b"a" * 2_600_000 + b'"}'
    refused(client.post(TOKENS, body, content_type="application/json"), 413)


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "limit=1e999", "cursor=%00", "cursor=%ff"])
def test_a_broken_query_is_a_422(query: str, client: Client) -> None:
    refused(client.get(f"{TOKENS}?{query}"), 422)


def test_a_wrong_host_is_a_400(client: Client) -> None:
    refused(client.get(TOKENS, headers={"host": "evil.example"}), 400)


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Callable[[Exception], None]:
    """Makes the list of tokens raise this error."""

    def fail_with(error: Exception) -> None:
        def fail(*rows: object) -> None:
            raise error

        monkeypatch.setattr("accounts.api.paginate", fail)

    return fail_with


ERRORS: list[tuple[Exception, int]] = [
    (Conflict(), 409),
    (TooMany(), 429),
    (Http404(), 404),
    (HttpError(418, "Tea"), 418),
    (DataError("integer out of range"), 422),
    (OperationalError("secret address"), 503),
    (ZeroDivisionError("secret"), 500),
]


@pytest.mark.parametrize(("error", "status"), ERRORS, ids=lambda value: type(value).__name__)
def test_an_error_has_its_status_and_tells_nothing_of_the_inside(
    error: Exception, status: int, client: Client, failing: Callable[[Exception], None]
) -> None:
    failing(error)
    assert "secret" not in str(refused(client.get(TOKENS), status))


def test_a_429_says_when_to_come_back(client: Client, failing: Callable[[Exception], None]) -> None:
    failing(TooMany(retry_after=7))
    assert client.get(TOKENS)["Retry-After"] == "7"


def test_a_mistake_of_ours_is_heard_by_whoever_listens(client: Client, failing: Callable[[Exception], None]) -> None:
    client.raise_request_exception = True
    failing(ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        client.get(TOKENS)


def test_nothing_private_is_cached(alice: User, api_of: Callable[[User], ApiClient]) -> None:
    assert api_of(alice).get("/auth/me").headers["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_a_stranger_hears_401_and_nothing_else() -> None:
    refused(Client().get("/api/auth/me"), 401)


def test_a_large_body_without_an_announced_length_is_a_413_too(settings: Settings) -> None:
    request = RequestFactory().post(TOKENS, b'{"name": "a"}', content_type="application/json")
    assert request.body
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    with pytest.raises(TooLarge):
        StrictParser().parse_body(request)
