"""Only those who have the token, or connect from a listed address, see the metrics."""

from ipaddress import ip_network

import pytest
from pytest_django import Settings

from memoryloop.body_limit import Receive, Scope, Send
from memoryloop.metrics_endpoint import MetricsEndpoint
from memoryloop.request_monitor import IN_PROGRESS
from tests.memoryloop.asgi_calls import Header, call, scope_of

pytestmark = pytest.mark.django_db

TOKEN = "0123456789abcdef"
GOOD = [(b"authorization", f"Bearer {TOKEN}".encode())]


async def not_found(scope: Scope, receive: Receive, send: Send) -> None:
    """The rest of the site."""
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b"no such page"})


def status(*, method: str = "GET", headers: list[Header] | None = None, client: str = "203.0.113.9") -> int:
    scope = scope_of("/metrics", method=method, headers=headers or [], client=client)
    return call(MetricsEndpoint(not_found), scope)[0]


def test_it_is_off_unless_a_setting_opens_it() -> None:
    assert status(headers=GOOD, client="127.0.0.1") == 404


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (f"Bearer {TOKEN}", 200),
        (f"bearer {TOKEN}", 200),
        (f"Bearer {TOKEN}x", 401),
        ("Bearer ", 401),
        ("Bearer", 401),
        (TOKEN, 401),
        (f"Basic {TOKEN}", 401),
        ("Bearer \xff", 401),
        ("", 401),
    ],
)
def test_the_token_opens_it(header: str, expected: int, settings: Settings) -> None:
    settings.METRICS_TOKEN = TOKEN
    assert status(headers=[(b"authorization", header.encode("latin-1"))]) == expected
    assert status() == 401


@pytest.mark.parametrize(
    ("client", "headers", "expected"),
    [
        ("10.1.2.3", [], 200),
        ("::ffff:10.1.2.3", [], 200),
        ("fd00::7", [], 200),
        ("10.2.0.1", [], 401),
        ("127.0.0.1", [], 401),
        ("10.1.2.3", [(b"x-forwarded-for", b"10.1.2.3")], 401),
        ("10.1.2.3", [(b"forwarded", b"for=10.1.2.3")], 401),
        ("203.0.113.9", [(b"x-forwarded-for", b"10.1.2.3")], 401),
    ],
)
def test_a_listed_address_opens_it_unless_a_proxy_is_between(
    client: str, headers: list[Header], expected: int, settings: Settings
) -> None:
    settings.METRICS_ADDRESSES = [ip_network("10.1.0.0/16"), ip_network("fd00::7")]
    assert status(client=client, headers=headers) == expected


def test_a_client_without_an_address_needs_the_token(settings: Settings) -> None:
    settings.METRICS_TOKEN, settings.METRICS_ADDRESSES = TOKEN, [ip_network("0.0.0.0/0")]
    for headers, expected in (([], 401), (GOOD, 200)):
        scope = {**scope_of("/metrics", headers=headers), "client": None}
        assert call(MetricsEndpoint(not_found), scope)[0] == expected


def test_it_only_answers_reads_and_is_never_cached(settings: Settings) -> None:
    settings.METRICS_TOKEN = TOKEN
    assert status(method="POST", headers=GOOD) == 405
    _status, headers, body = call(MetricsEndpoint(not_found), scope_of("/metrics", headers=GOOD))
    assert headers[b"cache-control"] == b"no-store"
    assert headers[b"content-type"].startswith(b"text/plain; version=")
    assert int(headers[b"content-length"]) == len(body)
    assert [family.name.encode() in body for family in IN_PROGRESS.describe()] == [True]


def test_other_paths_are_those_of_the_site(settings: Settings) -> None:
    settings.METRICS_TOKEN = TOKEN
    assert call(MetricsEndpoint(not_found), scope_of("/metrics/", headers=GOOD))[2] == b"no such page"
