"""The MCP server over HTTP: the official client and a real web server."""

from http import HTTPStatus
from typing import Any

import pytest
import requests

from accounts.models import User
from memories.models import Memory
from tests.factories import ApiTokenFactory
from tests.mcp_server.programs import Mode, over_http
from tests.processes import Site

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


def test_a_body_that_is_too_large_is_refused(shared_site: Site, alice: User) -> None:
    ApiTokenFactory(owner=alice, token=TOKEN)
    assert post(shared_site, {**PING, "params": {"x": "x" * 3_000_000}}).status_code == 413
