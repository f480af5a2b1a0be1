"""Exceptions of API endpoints are answered with the right status and without details of the server."""

from collections.abc import Callable

import pytest
from django.db import DataError, InterfaceError, OperationalError
from django.http import Http404
from django.test import Client
from ninja.errors import HttpError

from base.errors import Conflict, NotFound, TooMany
from tests.api import problem_of

TOKENS = "/api/auth/tokens"


@pytest.fixture
def raise_in_endpoint(monkeypatch: pytest.MonkeyPatch) -> Callable[[Exception], None]:
    """Make the endpoint that lists tokens raise this error."""

    def patch_with(error: Exception) -> None:
        def fail(*rows: object) -> None:
            raise error

        monkeypatch.setattr("accounts.api.paginate", fail)

    return patch_with


ERRORS: list[tuple[Exception, int]] = [
    (Conflict(), 409),
    (NotFound(), 404),
    (TooMany(), 429),
    (Http404(), 404),
    (HttpError(418, "Tea"), 418),
    (DataError("integer out of range"), 422),
    (OperationalError("secret address"), 503),
    (InterfaceError("the secret connection is closed"), 503),
    (ZeroDivisionError("secret"), 500),
]


@pytest.mark.parametrize(("error", "status"), ERRORS, ids=lambda value: type(value).__name__)
def test_an_error_has_its_status_and_no_details_of_the_server(
    error: Exception, status: int, client: Client, raise_in_endpoint: Callable[[Exception], None]
) -> None:
    raise_in_endpoint(error)
    assert "secret" not in str(problem_of(client.get(TOKENS), status))


def test_a_429_says_when_to_try_again(client: Client, raise_in_endpoint: Callable[[Exception], None]) -> None:
    raise_in_endpoint(TooMany(retry_after=7))
    assert client.get(TOKENS)["Retry-After"] == "7"


def test_an_unexpected_error_sends_djangos_signal(
    client: Client, raise_in_endpoint: Callable[[Exception], None]
) -> None:
    client.raise_request_exception = True
    raise_in_endpoint(ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        client.get(TOKENS)


def test_an_unknown_row_is_the_same_problem_from_django_and_from_a_look_up(
    client: Client, raise_in_endpoint: Callable[[Exception], None]
) -> None:
    problems = []
    for error in (NotFound(), Http404("No ApiToken matches the given query.")):
        raise_in_endpoint(error)
        problems.append(problem_of(client.get(TOKENS), 404))
    expected = {"type": "about:blank", "title": "Not found", "status": 404}
    assert problems == [{**expected, "detail": "It does not exist, or it is not yours."}] * 2
