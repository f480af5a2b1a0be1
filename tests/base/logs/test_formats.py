"""The two formats of log lines: their ids, and what they leave out."""

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from django.core.exceptions import DisallowedHost
from django.db import DataError, IntegrityError, OperationalError, connection
from pydantic import TypeAdapter

from accounts.models import User
from base.errors import Conflict, NotFound
from base.logs import context
from base.logs.formats import JsonFormatter, LineFormatter
from base.postgresql.owner import signed_in_as_owner
from search.errors import EmbedderUnavailable

PRIVATE = "the words of a user"
NOTHING: dict[str, str] = {}


def lines(message: str, *arguments: object, error: BaseException | None = None, **extra: Any) -> tuple[str, Any]:
    """The line that a reader sees, and the object that a program reads."""
    record = logging.LogRecord("chat.services", logging.ERROR, __file__, 1, message, arguments, None)
    record.exc_info = (type(error), error, error.__traceback__) if error else None
    vars(record).update(extra)
    text = JsonFormatter().format(record)
    assert "\n" not in text
    return LineFormatter().format(record), json.loads(text)


def raised(cause: Callable[[], object]) -> BaseException:
    try:
        cause()
    except Exception as error:
        return error
    raise AssertionError


def test_a_line_has_its_ids_and_its_fields() -> None:
    context.begin(request_id="r-1")
    with context.bound(run_id="run-1"):
        text, found = lines("A reply has ended.", **context.fields(outcome="failed"))
    assert text.endswith(" ERROR chat.services: A reply has ended. request_id=r-1 run_id=run-1 outcome=failed")
    assert found.pop("time").endswith("+00:00")
    ids = {"request_id": "r-1", "run_id": "run-1", "outcome": "failed"}
    assert found == {"level": "ERROR", "logger": "chat.services", "message": "A reply has ended.", **ids}


def test_a_message_cannot_pretend_to_be_another_line() -> None:
    text, found = lines("Host %s", "a\n2026-01-01 00:00:00,000 ERROR root: forged\u2028b")
    assert len(text.splitlines()) == 1
    assert "\n" not in found["message"]


def rejected_row(user: User) -> None:
    User.objects.create_user(email=user.email)


def rejected_value() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::uuid", [PRIVATE])


def rejected_json() -> None:
    TypeAdapter(int).validate_python(PRIVATE)


def failing_server() -> None:
    try:
        NOTHING[PRIVATE]
    except KeyError as error:
        raise EmbedderUnavailable(f"HTTP 400: {PRIVATE}") from error


@pytest.mark.parametrize(
    ("cause", "shown"),
    [
        (lambda: int(PRIVATE), "ValueError"),
        (lambda: NOTHING[PRIVATE], "KeyError"),
        (rejected_json, "ValidationError"),
        (failing_server, "EmbedderUnavailable: embedder-unavailable"),
        (lambda: requests.get(f"http://{PRIVATE}", timeout=1), "InvalidURL"),
        (Path("/nowhere/x").read_text, "FileNotFoundError: No such file or directory /nowhere/x"),
    ],
)
def test_an_exception_shows_where_it_was_raised_and_not_what_it_quotes(cause: Callable[[], object], shown: str) -> None:
    text, found = lines("Failed.", error=raised(cause))
    assert PRIVATE not in text + str(found)
    assert found["error"] == shown
    assert "test_formats.py" in found["traceback"]
    assert f"Failed. ({shown})" in text


@pytest.mark.django_db(transaction=True)  # the owner of the tables has a connection of its own
def test_a_row_that_postgresql_rejects_is_named_by_its_constraint(alice: User) -> None:
    with signed_in_as_owner():  # to others, PostgreSQL does not show the row
        error = raised(lambda: rejected_row(alice))
    assert isinstance(error, IntegrityError)
    assert alice.email in str(error)
    text, found = lines("Failed.", error=error)
    assert alice.email not in text + str(found)
    assert "IntegrityError: sqlstate 23505, table_name accounts_user, constraint_name" in found["error"]


@pytest.mark.django_db
def test_a_value_that_postgresql_rejects_is_not_quoted() -> None:
    error = raised(rejected_value)
    assert isinstance(error, DataError)
    text, found = lines("Failed.", error=error)
    assert PRIVATE not in text + str(found)
    assert "DataError: sqlstate 22P02" in text


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (TypeError("f() takes 1 argument"), "TypeError: f() takes 1 argument"),
        (NotFound(), f"NotFound: {NotFound.message}"),
        (Conflict(PRIVATE), "Conflict: conflict"),
        (RuntimeError(f"lance error: no '{PRIVATE}' in a.lance"), "RuntimeError: lance error: no '…' in a.lance"),
    ],
)
def test_what_names_the_program_or_the_system_is_shown(error: Exception, shown: str) -> None:
    assert lines("Failed.", error=error)[1]["error"] == shown


@pytest.mark.parametrize("error", [OperationalError("connection refused"), DisallowedHost("add a.example.org")])
def test_an_error_that_says_everything_has_a_traceback_only_at_the_level_debug(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "traceback" not in lines("Failed.", error=error)[1]
    assert str(error) in lines("Failed.", error=error)[0]
    monkeypatch.setattr(logging.root, "level", logging.DEBUG)
    assert "traceback" in lines("Failed.", error=error)[1]


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("key sk-ant-api03-abcdefgh refused", "key sk-*** refused"),
        ("Authorization: Bearer ml_0123456789abc", "Authorization: Bearer ***"),
        ("token ml_0123456789abc", "token ml_***"),
        ("at postgresql://ada:pass-word@db/x", "at postgresql://ada:***@db/x"),
        ("at http://127.0.0.1:11434/api", "at http://127.0.0.1:11434/api"),
    ],
)
def test_secrets_in_the_messages_of_libraries_are_masked(message: str, shown: str) -> None:
    text, found = lines(message)
    assert found["message"] == shown
    assert shown in text


def test_the_path_of_a_password_reset_is_not_logged() -> None:
    values = ("No token", "/accounts/password/reset/key/1-abc/")
    record = logging.LogRecord("django.security.csrf", logging.WARNING, "", 1, "Forbidden (%s): %s", values, None)
    assert "abc" not in LineFormatter().format(record)
    assert "Forbidden (No token): its path" in LineFormatter().format(record)
