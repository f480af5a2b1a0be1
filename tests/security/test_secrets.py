"""After every kind of failure, a marked API key is nowhere but in its encrypted row."""

import logging
from collections.abc import Callable, Iterator
from typing import cast

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.urls import reverse
from django.views.debug import ExceptionReporter
from psycopg.sql import SQL, Identifier
from pytest_django import Settings

from accounts.models import User
from base.connections import valkey_client
from base.http import Request
from providers import views
from providers.errors import ProviderError
from providers.gateway import list_models, provider_for
from providers.models import ProviderKey
from tests.api import ApiClient
from tests.providers.prompts import QUESTION
from tests.stand_ins.claude import ClaudeStandIn

MARKED_KEY = "sk-ant-marked-secret-0987654321"


def every_row() -> Iterator[str]:
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(SQL("SELECT t::text FROM {} t").format(Identifier(table)))
            yield from (row[0] for row in cursor.fetchall())


def everything_in_valkey() -> str:
    return "".join(str(valkey_client().dump(key)) for key in valkey_client().scan_iter())


def cause_errors(alice: User) -> None:
    list_models(owner=alice)
    with pytest.raises(ProviderError):
        list(provider_for(owner=alice, name="claude").stream(prompt=QUESTION, model="claude-standin-5"))


def test_no_failure_leaves_the_key_anywhere(
    alice: User,
    api_of: Callable[[User], ApiClient],
    client_of: Callable[[User], Client],
    claude: ClaudeStandIn,
    caplog: pytest.LogCaptureFixture,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("providers.claude.client.LIST_TIMEOUT", 0.2)
    monkeypatch.setattr("providers.claude.client.READ_TIMEOUT", 0.2)
    caplog.set_level(logging.DEBUG)
    claude.quotes_key = True
    api, browser = api_of(alice), client_of(alice)
    output = str(api.post("/settings/api-key", {"key": MARKED_KEY}))
    cause_errors(alice)
    for trouble in ("broken_json", "hanging"):
        claude.configure(**{trouble: True})
        output += str(api.post("/settings/api-key/validate", {"provider": "claude"}))
        cause_errors(alice)
    claude.down()
    output += browser.post(reverse("providers:key-validate", args=["claude"]), follow=True).text
    settings.ANTHROPIC_BASE_URL = "http://no-such-host.invalid"
    output += browser.post(reverse("providers:key-store", args=["claude"]), {"key": MARKED_KEY}, follow=True).text
    cause_errors(alice)
    output += browser.get(reverse("providers:models")).text + str(api.get("/models"))
    for place in (output, caplog.text, "".join(every_row()), everything_in_valkey()):
        assert MARKED_KEY not in place


def test_the_report_of_a_crash_does_not_contain_the_key(
    alice: User, rf: RequestFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(ProviderKey.objects, "update_or_create", crash)
    request = rf.post(reverse("providers:key-store", args=["claude"]), {"key": MARKED_KEY})
    request.user = alice
    with pytest.raises(RuntimeError) as caught:
        views.key_store(cast(Request, request), provider="claude")
    report = ExceptionReporter(request, caught.type, caught.value, caught.tb)
    assert "update_or_create" in report.get_traceback_text()
    assert MARKED_KEY not in report.get_traceback_html() + report.get_traceback_text()
