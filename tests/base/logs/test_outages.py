"""An outage is logged once, however many tasks and requests fail in it."""

import logging
import threading

import pytest
from celery import shared_task
from django.db import OperationalError, connection, transaction
from redis import ConnectionError as ValkeyConnectionError

from base.logs import outages
from base.logs.outages import Outage, log_failure, note_outage
from base.postgresql.acting import acting_for
from tests.waiting import wait_until


class Server:
    """Answers when `up` is set."""

    def __init__(self) -> None:
        self.up = threading.Event()

    def ask(self) -> None:
        if not self.up.is_set():
            raise ValkeyConnectionError


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> Server:
    monkeypatch.setattr(outages, "PROBE_EVERY", 0.005)
    caplog.set_level(logging.DEBUG, outages.__name__)
    return Server()


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


def test_one_line_says_that_it_began_and_one_that_it_ended(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    outage = Outage("Valkey", server.ask)
    for number in range(5):
        outage.failed(f"task {number} failed", ValkeyConnectionError("refused"))
    assert warnings(caplog) == ["Valkey does not answer: ConnectionError: refused (task 0 failed)"]
    server.up.set()
    wait_until(lambda: len(warnings(caplog)) == 2)
    assert warnings(caplog)[1].startswith("Valkey answers again after ")


def test_what_an_outage_broke_is_no_new_outage(
    server: Server, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    outage = Outage("Valkey", server.ask)
    server.up.set()
    outage.failed("a task failed", ValkeyConnectionError())
    wait_until(lambda: len(warnings(caplog)) == 2)
    outage.failed("an old connection was used", ValkeyConnectionError())
    assert len(warnings(caplog)) == 2
    monkeypatch.setattr(outages, "GRACE", 0.0)
    outage.failed("another task failed", ValkeyConnectionError())
    wait_until(lambda: len(warnings(caplog)) == 4)


def test_other_errors_are_not_an_outage(caplog: pytest.LogCaptureFixture) -> None:
    assert not note_outage("a task failed", ValueError("private"))
    log_failure("Nothing is retrieved", ValueError("private"))
    assert warnings(caplog) == ["Nothing is retrieved: ValueError"]


@pytest.mark.django_db(transaction=True)
def test_a_statement_that_took_too_long_is_not_an_outage() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 1")
        with pytest.raises(OperationalError) as caught, transaction.atomic():
            cursor.execute("SELECT pg_sleep(1)")
    assert not note_outage("a query failed", caught.value)


@shared_task(name="tests.lose_the_connection")
def lose_the_connection() -> None:
    # The role that signed in may end its own connections; the one for all users may not.
    with acting_for(None), connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


@shared_task(name="tests.fail")
def fail(text: str) -> None:
    int(text)


@pytest.mark.django_db(transaction=True)
def test_tasks_that_lose_postgresql_are_one_line_without_a_traceback(
    caplog: pytest.LogCaptureFixture,
) -> None:
    for _number in range(4):
        lose_the_connection.apply()
        connection.close()
    wait_until(lambda: len(warnings(caplog)) == 2)
    first, last = warnings(caplog)
    assert first.startswith("PostgreSQL does not answer: OperationalError: terminating connection")
    assert "tests.lose_the_connection" in first
    assert last.startswith("PostgreSQL answers again after ")
    assert "Traceback" not in caplog.text


def test_another_failure_of_a_task_is_logged_with_its_traceback_and_without_its_arguments(
    caplog: pytest.LogCaptureFixture,
) -> None:
    fail.apply(("the words of a user",))
    assert warnings(caplog) == ["The task tests.fail failed."]
    assert caplog.records[0].exc_info is not None
