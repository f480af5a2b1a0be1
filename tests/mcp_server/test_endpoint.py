"""The MCP server over HTTP: the official client and a real web server."""

import asyncio
import json
from functools import partial
from http import HTTPStatus
from typing import Any

import pytest
import requests
from mcp import Client
from pytest_django import Settings

from accounts.models import User
from mcp_server.endpoint import McpEndpoint
from memories.models import Memory, Project
from tests.factories import ApiTokenFactory
from tests.mcp_server.programs import Mode, http_session, over_http
from tests.memoryloop.asgi_calls import call, scope_of
from tests.processes import Site

pytestmark = pytest.mark.django_db(transaction=True)

TOKEN = "ml_token-of-alice"
PING = {"jsonrpc": "2.0", "id": 1, "method": "ping"}


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_a_program_remembers_a_record(shared_site: Site, alice: User, mode: Mode) -> None:
    ApiTokenFactory(owner=alice, token=TOKEN)
    program = over_http(shared_site.url, TOKEN, mode=mode)
    assert {"search", "remember"} <= set(program.tools())

    answer = program.call("remember", project="Lab", data={"result": "ATP"}, tags=["cells"])

    memory = Memory.objects.get()
    assert (memory.owner, memory.data, memory.tags) == (alice, {"result": "ATP"}, ["cells"])
    assert answer == {
        "id": str(memory.pk),
        "uri": f"memoryloop://memory/{memory.pk}",
        "project": "Lab",
        "is_new": True,
    }


def post(site: Site, body: Any = PING, *, token: str = TOKEN, **headers: str) -> requests.Response:
    """A request as an older client sends it."""
    sent = {"Authorization": f"Bearer {token}", "Accept": "application/json, text/event-stream", **headers}
    return requests.post(f"{site.url}/mcp", json=body, headers=sent, timeout=10)


def test_requests_without_a_valid_token_or_from_elsewhere_are_refused(shared_site: Site, alice: User) -> None:
    token = ApiTokenFactory(owner=alice, token=TOKEN)
    ApiTokenFactory(owner=alice, token="ml_account", scopes=["account"])
    accepted = post(shared_site)
    assert (accepted.status_code, accepted.json()["result"]) == (HTTPStatus.OK, {})
    assert "Mcp-Session-Id" not in accepted.headers
    assert accepted.headers["Cache-Control"] == "no-store"

    unknown = post(shared_site, token="ml_unknown")
    assert (unknown.status_code, unknown.json()["type"]) == (401, "not-signed-in")
    # No `resource_metadata`: clients that find some ignore the configured token.
    assert unknown.headers["WWW-Authenticate"] == "Bearer"
    assert post(shared_site, token="ml_account").status_code == 403
    assert post(shared_site, Host="evil.example").status_code == 421
    assert post(shared_site, Origin="https://evil.example").status_code == 403
    assert post(shared_site, Origin=shared_site.url).status_code == 200
    assert post(shared_site, [PING, PING]).status_code == 400
    assert requests.get(f"{shared_site.url}/.well-known/oauth-protected-resource", timeout=10).status_code == 404
    stream = requests.get(f"{shared_site.url}/mcp", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=10)
    assert (stream.status_code, stream.headers["Allow"]) == (405, "POST")

    token.delete()
    assert post(shared_site).status_code == 401


@pytest.mark.parametrize(
    ("body", "status", "detail"),
    [
        (b"x" * 3_000_000, 413, "That is too large."),
        (b'{"jsonrpc": "2.0", "id": 1, "id": 2}', 422, "id"),
        (b'{"id": NaN}', 422, "NaN"),
        (b'{"id": "\\ud800"}', 422, "surrogate"),
        (b"[" * 100_000, 422, "nested too deep"),
        (b"\xff", 422, "UTF-8"),
    ],
)
def test_a_body_that_is_too_large_or_no_strict_json_is_refused(
    shared_site: Site, alice: User, body: bytes, status: int, detail: str
) -> None:
    ApiTokenFactory(owner=alice, token=TOKEN)
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    refused = requests.post(f"{shared_site.url}/mcp", data=body, headers=headers, timeout=10)
    assert (refused.status_code, refused.headers["Content-Type"]) == (status, "application/problem+json")
    assert detail in refused.json()["detail"]


def test_fifty_sessions_of_ten_users_at_once_keep_apart(shared_site: Site, db: None) -> None:
    tokens = [f"ml_token-of-{number}" for number in range(10)]
    for token in tokens:
        ApiTokenFactory(token=token)

    async def use(client: Client, secret: str) -> str:
        kept = await client.call_tool("remember", {"project": "Lab", "data": {"secret": secret}})
        read = await client.call_tool("get_memory", {"memory_id": kept.structured_content["id"]})
        return str(read.structured_content["data"]["secret"])

    async def sessions() -> list[str]:
        return await asyncio.gather(
            *(http_session(shared_site.url, token, partial(use, secret=token)) for token in tokens * 5)
        )

    assert asyncio.run(sessions()) == tokens * 5
    assert sorted(Project.objects.values_list("size", flat=True)) == [5] * 10


def test_a_token_may_send_so_many_requests_a_minute(alice: User, settings: Settings) -> None:
    settings.MCP_REQUESTS_PER_MINUTE = 2
    for secret in (TOKEN, "ml_another"):
        ApiTokenFactory(owner=alice, token=secret)
    endpoint = McpEndpoint(unknown)
    statuses = [call(endpoint, scope_for(secret))[0] for secret in (TOKEN, TOKEN, TOKEN, "ml_another")]
    # The limit is counted before the body is read, which is empty here.
    assert statuses == [422, 422, 429, 422]
    _status, headers, _body = call(endpoint, scope_for(TOKEN))
    assert 0 < int(headers[b"retry-after"]) <= 60


def test_a_token_is_not_accepted_without_https_where_that_is_required(alice: User, settings: Settings) -> None:
    ApiTokenFactory(owner=alice, token=TOKEN)
    settings.SECURE_SSL_REDIRECT = True
    status, _headers, body = call(McpEndpoint(unknown), scope_for(TOKEN))
    assert (status, json.loads(body)["type"]) == (403, "https-only")


def test_an_error_of_ours_is_answered_with_its_id(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    ApiTokenFactory(owner=alice, token=TOKEN)
    monkeypatch.setattr("mcp_server.endpoint.remember_owner", lambda *_: 1 / 0)
    status, _headers, body = call(McpEndpoint(unknown), scope_for(TOKEN))
    assert (status, json.loads(body)["title"]) == (500, "Internal error")


async def unknown(scope: Any, receive: Any, send: Any) -> None:
    pytest.fail("the request was passed on")


def scope_for(secret: str) -> Any:
    headers = [(b"host", b"localhost"), (b"authorization", f"Bearer {secret}".encode())]
    return {**scope_of("/mcp", method="POST", headers=headers), "query_string": b"", "scheme": "http"}
