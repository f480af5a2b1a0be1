from time import perf_counter

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from providers.gateway import cached_models, default_choice, find_model, list_models
from providers.services import store_key, validate_key
from tests.stand_ins.claude import GOOD_KEY, ClaudeStandIn
from tests.stand_ins.ollama import OllamaStandIn
from tests.waiting import wait_until


def add_key(owner: User, key: str = GOOD_KEY) -> None:
    store_key(owner=owner, provider="claude", key=key)
    validate_key(owner=owner, provider="claude")


def test_the_models_of_every_provider_that_answers_are_listed(
    alice: User, claude: ClaudeStandIn, ollama: OllamaStandIn
) -> None:
    add_key(alice)
    available = [(model.provider, model.model) for model in list_models(owner=alice) if model.available]
    assert available == [
        ("claude", "claude-standin-5"),
        ("claude", "claude-standin-4-mini"),
        ("ollama", "llama3.2:latest"),
        ("builtin", "tutor"),
    ]


def test_a_provider_that_does_not_answer_says_what_to_do(alice: User, ollama: OllamaStandIn) -> None:
    ollama.down()
    claude, ollama_entry, tutor = list_models(owner=alice)
    assert (claude.available, "Settings, API keys" in claude.detail) == (False, True)
    assert (ollama_entry.available, "ollama serve" in ollama_entry.detail) == (False, True)
    assert tutor.available


def test_one_users_key_gives_no_models_to_another(
    alice: User, mallory: User, claude: ClaudeStandIn, ollama: OllamaStandIn
) -> None:
    add_key(alice)
    list_models(owner=alice)
    assert "claude" not in {model.provider for model in list_models(owner=mallory) if model.available}


def test_a_new_key_is_used_immediately(alice: User, claude: ClaudeStandIn, ollama: OllamaStandIn) -> None:
    add_key(alice, "sk-ant-wrong")
    assert not list_models(owner=alice)[0].available
    add_key(alice)
    assert list_models(owner=alice)[0].available


def test_the_cached_list_does_not_wait_for_a_server_that_hangs(alice: User, ollama: OllamaStandIn) -> None:
    ollama.hanging = True
    models = cached_models(owner=alice)
    assert models[-1].available
    assert "Asking" in models[1].detail


def test_the_list_waits_two_seconds_at_most(alice: User, ollama: OllamaStandIn) -> None:
    ollama.hanging = True
    start = perf_counter()
    list_models(owner=alice)
    assert perf_counter() - start < 10, "a server that hangs would be waited for until the timeout"


def test_models_requested_in_the_background_are_cached_soon(alice: User, ollama: OllamaStandIn) -> None:
    assert wait_until(
        lambda: [model for model in cached_models(owner=alice) if model.provider == "ollama" and model.model]
    )


def test_claude_is_the_default_with_a_key_that_works(alice: User, claude: ClaudeStandIn, ollama: OllamaStandIn) -> None:
    add_key(alice)
    assert default_choice(owner=alice)[0] == "claude"
    list_models(owner=alice)
    assert default_choice(owner=alice) == ("claude", "claude-standin-5")


def test_claude_is_not_the_default_with_a_refused_key(
    alice: User, claude: ClaudeStandIn, ollama: OllamaStandIn
) -> None:
    add_key(alice, "sk-ant-wrong")
    assert default_choice(owner=alice) == ("ollama", "llama3.2:latest")


def test_ollama_is_the_default_when_it_has_a_chat_model(alice: User, ollama: OllamaStandIn, settings: Settings) -> None:
    ollama.models = ["nomic-embed-text:latest", "llama3.2:latest", "qwen3:8b"]
    settings.OLLAMA_CHAT_MODEL = "qwen3:8b"
    assert default_choice(owner=alice) == ("ollama", "qwen3:8b")


@pytest.mark.parametrize("trouble", ["down", "hanging", "no models"])
def test_without_ollama_the_tutor_is_the_default(alice: User, ollama: OllamaStandIn, trouble: str) -> None:
    if trouble == "down":
        ollama.down()
    ollama.hanging = trouble == "hanging"
    ollama.models = []
    assert default_choice(owner=alice) == ("builtin", "tutor")


def test_a_cached_default_takes_one_query_and_no_call(
    alice: User, ollama: OllamaStandIn, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    default_choice(owner=alice)
    calls = len(ollama.calls)
    with django_assert_num_queries(1):
        default_choice(owner=alice)
    assert len(ollama.calls) == calls


@pytest.mark.parametrize("name", ["llama3.2", "llama3.2:latest"])
def test_a_chosen_ollama_model_is_found_with_and_without_its_tag(alice: User, ollama: OllamaStandIn, name: str) -> None:
    entry = find_model(list_models(owner=alice), provider="ollama", model=name)
    assert entry is not None
    assert entry.model == "llama3.2:latest"


def test_an_empty_model_is_the_first_of_its_provider(alice: User, claude: ClaudeStandIn, ollama: OllamaStandIn) -> None:
    add_key(alice)
    entry = find_model(list_models(owner=alice), provider="claude", model="")
    assert entry is not None
    assert entry.model == "claude-standin-5"


@pytest.mark.parametrize(("provider", "model"), [("ollama", "tutor"), ("builtin", "llama3.2"), ("other", "")])
def test_a_model_that_no_provider_lists_is_not_found(
    alice: User, ollama: OllamaStandIn, provider: str, model: str
) -> None:
    assert find_model(list_models(owner=alice), provider=provider, model=model) is None
