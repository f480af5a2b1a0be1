import json
import shlex
import sys
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import ApiToken, User
from mcp_server.views import PLACEHOLDER
from tests.api import ApiClient
from tests.factories import ApiTokenFactory

pytestmark = pytest.mark.django_db
ClientFactory = Callable[[User], Client]


@pytest.fixture
def page(alice: User, client_of: ClientFactory) -> Client:
    return client_of(alice)


def test_a_program_gets_a_token_that_is_shown_once(
    page: Client, alice: User, api_with: Callable[[str], ApiClient]
) -> None:
    url = reverse("mcp_server:programs")
    assert PLACEHOLDER in page.get(url).text
    response = page.post(url, {"name": "Claude Code", "access": "write"})
    assert (response.status_code, response["Cache-Control"]) == (201, "no-store")
    secret = response.context["secret"]
    assert response.text.count(secret) == 4
    assert PLACEHOLDER not in response.text
    curl = shlex.split(response.context["snippets"].curl.replace("\\\n", " "))
    assert curl[1] == "http://testserver/api/memories"
    assert api_with(secret).post("/memories", json.loads(curl[-1])).status == 201
    again = page.get(url).text
    assert ("Claude Code" in again, secret in again) == (True, False)
    assert alice.api_tokens.get().scopes == ["read", "write"]


def test_a_program_may_be_let_only_read(page: Client, alice: User) -> None:
    page.post(reverse("mcp_server:programs"), {"name": "Reader", "access": "read"})
    assert alice.api_tokens.get().scopes == ["read"]


@pytest.mark.parametrize("fields", [{"access": "write"}, {"name": "x"}, {"name": "x", "access": "account"}])
def test_a_form_that_is_not_valid_makes_no_token(page: Client, fields: dict[str, str]) -> None:
    assert page.post(reverse("mcp_server:programs"), fields).status_code == 422
    assert not ApiToken.objects.exists()


def test_only_the_operator_sees_where_the_server_is_installed(page: Client, alice: User) -> None:
    def paths() -> str:
        return str(page.get(reverse("mcp_server:programs")).context["snippets"].claude_desktop)

    assert "/path/to/memoryloop/manage.py" in paths()
    User.objects.filter(pk=alice.pk).update(is_staff=True)
    assert sys.executable in paths()


def test_a_token_is_revoked_by_its_owner_only(page: Client, alice: User, mallory: User) -> None:
    own, other = ApiTokenFactory(owner=alice), ApiTokenFactory(owner=mallory)
    for token, status in ((own, 302), (other, 404)):
        assert page.post(reverse("mcp_server:program-token-revoke", args=[token.pk])).status_code == status
    assert list(ApiToken.objects.all()) == [other]
