from collections.abc import Callable

import pytest

from accounts.models import Scope, User
from providers.models import ProviderKey
from tests.api import ApiClient
from tests.factories import ApiTokenFactory
from tests.stand_ins.claude import GOOD_KEY, ClaudeStandIn
from tests.stand_ins.ollama import OllamaStandIn

PATH = "/settings/api-key"


@pytest.fixture
def api(alice: User, api_of: Callable[[User], ApiClient]) -> ApiClient:
    return api_of(alice)


def test_a_key_is_stored_and_never_returned(api: ApiClient, claude: ClaudeStandIn) -> None:
    stored = api.post(PATH, {"key": GOOD_KEY}, provider="claude")
    assert stored.status == 200
    assert {name: stored.body[name] for name in ("provider", "present", "last4", "valid")} == {
        "provider": "claude",
        "present": True,
        "last4": GOOD_KEY[-4:],
        "valid": True,
    }
    shown = api.get(PATH)
    assert shown.body == stored.body
    assert GOOD_KEY not in str(shown.body)


def test_a_wrong_key_is_stored_and_reported_as_refused(api: ApiClient, claude: ClaudeStandIn) -> None:
    assert api.post(PATH, {"key": "sk-ant-wrong"}).body["valid"] is False


def test_a_key_can_be_checked_again(api: ApiClient, claude: ClaudeStandIn) -> None:
    api.post(PATH, {"key": GOOD_KEY})
    claude.key = "sk-ant-revoked-meanwhile"
    response = api.post(f"{PATH}/validate", {"provider": "claude"})
    assert (response.status, response.body["valid"]) == (200, False)
    assert "refused" in response.body["detail"]


def test_checking_without_a_key_is_an_error(api: ApiClient) -> None:
    response = api.post(f"{PATH}/validate", {"provider": "claude"})
    assert (response.status, response.body["type"]) == (422, "key-missing")


def test_a_key_can_be_removed(api: ApiClient, claude: ClaudeStandIn) -> None:
    api.post(PATH, {"key": GOOD_KEY})
    assert api.delete(PATH, provider="claude").body["present"] is False
    assert not ProviderKey.objects.exists()


def test_a_key_is_visible_to_its_owner_only(
    api: ApiClient, mallory: User, api_of: Callable[[User], ApiClient], claude: ClaudeStandIn
) -> None:
    api.post(PATH, {"key": GOOD_KEY})
    other = api_of(mallory)
    assert other.get(PATH).body["present"] is False
    other.delete(PATH)
    assert ProviderKey.objects.count() == 1


@pytest.mark.parametrize("provider", ["ollama", "builtin", "x' OR 1=1"])
def test_other_providers_take_no_key(api: ApiClient, provider: str) -> None:
    assert api.post(PATH, {"key": GOOD_KEY}, provider=provider).status == 422


@pytest.mark.parametrize("key", ["", "a b", "x" * 2000, "\u202egnirts-esrever", 7, None])
def test_text_that_cannot_be_a_key_is_invalid(api: ApiClient, key: object) -> None:
    response = api.post(PATH, {"key": key})
    assert response.status == 422
    assert not ProviderKey.objects.exists()


def test_a_programs_token_needs_the_account_scope(alice: User, api_with: Callable[[str], ApiClient]) -> None:
    ApiTokenFactory(owner=alice, token="ml_reader", scopes=[Scope.READ, Scope.WRITE])
    program = api_with("ml_reader")
    assert program.get(PATH).status == 403
    assert program.post(PATH, {"key": GOOD_KEY}).status == 403
    assert program.get("/models").status == 200


def test_unavailable_models_are_listed_with_what_to_do(api: ApiClient, ollama: OllamaStandIn) -> None:
    items = api.get("/models").body["items"]
    assert [(item["provider"], item["model"], item["available"]) for item in items] == [
        ("claude", "", False),
        ("ollama", "llama3.2:latest", True),
        ("builtin", "tutor", True),
    ]
    assert "Settings" in items[0]["detail"]
