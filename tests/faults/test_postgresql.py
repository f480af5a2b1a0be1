"""PostgreSQL ends the connection between any two statements of a request: the answer is a 503, never a 500."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test import Client

from accounts.models import User
from tests.factories import CardFactory, MessageFactory

pytestmark = pytest.mark.django_db(transaction=True)

MAX_STATEMENTS = 60  # of one request
PAGES = ["/", "/cards/", "/review/", "/accounts/sessions/"]


@contextmanager
def connection_ends_at(number: int) -> Iterator[list[str]]:
    """End this thread's connection to PostgreSQL before its statement `number`. Yields the statements so far."""
    statements: list[str] = []

    def end(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if len(statements) == number:
            _end_backend(connection.connection.info.backend_pid)
        statements.append(sql)
        return execute(sql, params, many, context)

    try:
        with connection.execute_wrapper(end):
            yield statements
    finally:
        connection.close()


def _end_backend(pid: int) -> None:
    database = connection.settings_dict
    with psycopg.connect(host=database["HOST"], user=database["USER"], dbname=database["NAME"]) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


def answers(send: Callable[[], Any]) -> list[Any]:
    """The response for each statement of the request before which the connection ends."""
    found: list[Any] = []
    for number in range(MAX_STATEMENTS):
        with connection_ends_at(number) as statements:
            response = send()
        if len(statements) <= number:
            return found
        found.append(response)
    raise AssertionError(f"more than {MAX_STATEMENTS} statements")


@pytest.fixture
def window(alice: User, client_of: Callable[[User], Client]) -> Client:
    MessageFactory(conversation__owner=alice)
    CardFactory(owner=alice)
    client = client_of(alice)
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize("path", PAGES)
def test_a_page_says_that_the_server_is_not_ready(window: Client, path: str) -> None:
    found = answers(lambda: window.get(path))
    assert found
    for response in found:
        assert response.status_code == 503
        assert response["Retry-After"] == "2"
        assert "A part of the server is not answering." in response.text
        assert f'<a href="{path}">Back to the page</a>' in response.text


@pytest.mark.parametrize(
    ("referrer", "is_offered"),
    [
        ("http://testserver/cards/?q=a", True),
        ("http://elsewhere.example/cards/", False),
        ("javascript:alert(1)", False),
    ],
)
def test_a_form_leads_back_to_its_page(window: Client, referrer: str, is_offered: bool) -> None:
    with connection_ends_at(0):
        response = window.post("/cards/new/", {}, headers={"Referer": referrer})
    assert response.status_code == 503
    assert (f'<a href="{referrer}">' in response.text) is is_offered
    assert response.text.count("<a ") == 1 + is_offered


def test_an_error_page_needs_no_database(window: Client) -> None:
    assert {response.status_code for response in answers(lambda: window.get("/nowhere/"))} <= {404, 503}


def test_a_fragment_is_a_toast(window: Client) -> None:
    for response in answers(lambda: window.get("/cards/", headers={"HX-Request": "true"})):
        assert (response.status_code, response["Retry-After"], response["HX-Retarget"]) == (503, "2", "#toasts")
        assert "<html" not in response.text


@pytest.mark.parametrize("path", ["/api/flashcards", "/api/progress/stats"])
def test_the_api_answers_with_a_problem(window: Client, path: str) -> None:
    found = answers(lambda: window.get(path))
    assert found
    for response in found:
        assert (response.status_code, response["Retry-After"]) == (503, "2")
        assert response["Content-Type"] == "application/problem+json"
