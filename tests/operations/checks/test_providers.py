"""The providers are really called, and no key is shown."""

import pytest
from cryptography.fernet import Fernet
from django.conf import settings as current
from pytest_django import Settings

from accounts.models import User
from operations.checks.providers import chat_models, claude, embeddings, stored_secrets
from providers.services import store_key
from tests.processes import free_port
from tests.stand_ins.claude import ClaudeStandIn
from tests.stand_ins.ollama import OllamaStandIn

pytestmark = pytest.mark.django_db(transaction=True)
KEY = "sk-ant-planted-0123456789"


def test_claude_is_called_without_a_key_and_its_refusal_is_an_answer(claude_server: ClaudeStandIn) -> None:
    [finding] = claude()
    assert (finding.level, finding.message) == ("ok", "The Claude API answers.")
    [call] = claude_server.calls
    assert "Authorization" not in call.headers
    assert "x-api-key" not in {name.lower() for name in call.headers}


@pytest.fixture
def claude_server(claude: ClaudeStandIn) -> ClaudeStandIn:
    return claude


def test_a_claude_that_cannot_be_reached_matters_once_a_user_has_a_key(alice: User, settings: Settings) -> None:
    settings.ANTHROPIC_BASE_URL = f"http://127.0.0.1:{free_port()}"
    assert [finding.level for finding in claude()] == ["ok"]
    store_key(owner=alice, provider="claude", key=KEY)
    [finding] = claude()
    assert (finding.level, "can't be reached" in finding.message) == ("warning", True)
    assert KEY not in repr(finding)


def test_a_server_that_is_not_claude_is_found(
    alice: User, claude_server: ClaudeStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_key(owner=alice, provider="claude", key=KEY)
    claude_server.error = "api_error"
    assert "HTTP 500" in claude()[0].message


def test_keys_of_another_server_are_counted_and_not_shown(alice: User, settings: Settings) -> None:
    store_key(owner=alice, provider="claude", key=KEY)
    assert [finding.level for finding in stored_secrets()] == ["ok"]
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    [finding] = stored_secrets()
    assert (finding.level, finding.figures["api_keys"]) == ("failure", 1)
    assert KEY not in repr(finding)


def test_a_model_that_is_not_pulled_comes_with_the_command_that_pulls_it(
    settings: Settings, ollama: OllamaStandIn
) -> None:
    settings.EMBEDDINGS, settings.OLLAMA_EMBED_MODEL, settings.OLLAMA_CHAT_MODEL = "ollama", "bge-m3", "llama9"
    assert "ollama pull bge-m3" in embeddings()[0].advice
    assert "ollama pull llama9" in chat_models()[0].advice
    assert ollama.url == current.OLLAMA_BASE_URL


def test_ollama_with_its_models_passes(settings: Settings, ollama: OllamaStandIn) -> None:
    settings.EMBEDDINGS = "ollama"
    assert [finding.level for finding in (*embeddings(), *chat_models())] == ["ok", "ok"]
