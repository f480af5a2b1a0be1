"""One call of a program: for whom it acts, how it ends, and what is recorded of it."""

import logging
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.db import DataError, connection
from psycopg.errors import InsufficientPrivilege

from accounts.models import ApiToken, Scope, User
from base.metrics import REGISTRY
from mcp_server.callers import calling_with
from mcp_server.calls import CallFailed, perform
from memories.models import Memory
from tests.factories import ApiTokenFactory, MemoryFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def token(alice: User) -> ApiToken:
    created: ApiToken = ApiTokenFactory(owner=alice)
    return created


def failure(token: ApiToken, work: Callable[[User], Any], scope: Scope = Scope.READ) -> CallFailed:
    with calling_with(lambda: token), pytest.raises(CallFailed) as failed:
        perform("tool", "search", scope, work)
    return failed.value


def calls(outcome: str) -> float:
    labels = {"kind": "tool", "name": "search", "outcome": outcome}
    return REGISTRY.get_sample_value("memoryloop_mcp_calls_total", labels) or 0.0


def test_it_acts_for_the_owner_of_the_token_alone(token: ApiToken) -> None:
    of_alice = MemoryFactory(project__owner=token.owner)
    MemoryFactory()
    with calling_with(lambda: token):
        # Without a filter: PostgreSQL itself shows no other user's rows.
        assert perform("tool", "search", Scope.READ, lambda owner: list(Memory.objects.all())) == [of_alice]


def test_it_is_logged_and_counted_without_what_was_sent(token: ApiToken, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="mcp_server.calls")
    token.scopes = [Scope.READ]
    before = calls("ok"), calls("scope-missing")
    with calling_with(lambda: token):
        perform("tool", "search", Scope.READ, lambda owner: "planted answer")
    failure(token, lambda owner: None, Scope.WRITE)
    done, refused = [vars(record)["fields"] for record in caplog.records]
    assert done.pop("ms").isdigit()
    assert done == {"token_id": str(token.pk), "kind": "tool", "name": "search", "outcome": "ok"}
    assert refused["outcome"] == "scope-missing"
    assert "planted" not in str([vars(record) for record in caplog.records])
    assert (calls("ok"), calls("scope-missing")) == (before[0] + 1, before[1] + 1)


def test_without_a_token_nothing_is_done(token: ApiToken) -> None:
    with pytest.raises(CallFailed, match="Sign in, or send an API token"):
        perform("tool", "search", Scope.READ, lambda owner: pytest.fail("it was done"))
    token.scopes = [Scope.READ]
    assert "required scope" in str(failure(token, lambda owner: pytest.fail("it was done"), Scope.WRITE))


def test_a_failure_of_postgresql_is_a_message(token: ApiToken) -> None:
    def interrupted(owner: User) -> int:
        database, pid = connection.settings_dict, connection.connection.info.backend_pid
        with psycopg.connect(host=database["HOST"], user=database["USER"], dbname=database["NAME"]) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        return owner.memories.count()

    assert ApiToken.objects.count() == 1  # connects
    try:
        lost = failure(token, interrupted)
    finally:
        connection.close()
    assert (str(lost), lost.is_callers) == ("A part of the server is not answering. Try again in a moment.", False)


def test_what_postgresql_rejects_is_a_message(token: ApiToken) -> None:
    def out_of_range(owner: User) -> None:
        raise DataError("value 99999999999 is out of range")

    def without_privilege(owner: User) -> None:
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE public.stolen ()")

    rejected = failure(token, out_of_range)
    assert (str(rejected), rejected.is_callers) == ("A value is out of range.", True)
    refused = failure(token, without_privilege)
    assert isinstance(refused.__cause__.__cause__ if refused.__cause__ else None, InsufficientPrivilege)
    assert str(refused) == "The database refused this, and nothing was changed. Tell the operator of this site."
