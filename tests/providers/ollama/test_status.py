from time import perf_counter

import pytest
from pytest_django import Settings

from providers.gateway import chat_provider_status
from tests.stand_ins.ollama import OllamaStandIn


def test_an_ollama_that_answers_is_available(ollama: OllamaStandIn) -> None:
    status = chat_provider_status(in_use=True)
    assert (status.provider, status.needed, status.available, status.detail) == ("ollama", True, True, "")


def test_without_conversations_and_without_a_configured_model_ollama_is_not_needed(ollama: OllamaStandIn) -> None:
    ollama.down()
    status = chat_provider_status(in_use=False)
    assert (status.needed, status.available) == (False, False)


def test_an_ollama_that_is_down_is_unavailable_and_says_what_to_do(ollama: OllamaStandIn) -> None:
    ollama.down()
    status = chat_provider_status(in_use=True)
    assert (status.needed, status.available) == (True, False)
    assert "ollama serve" in status.detail


@pytest.mark.parametrize("name", ["llama3.2", "llama3.2:latest"])
def test_the_configured_model_is_found_with_and_without_its_tag(
    ollama: OllamaStandIn, settings: Settings, name: str
) -> None:
    settings.OLLAMA_CHAT_MODEL = name
    status = chat_provider_status(in_use=False)
    assert (status.needed, status.available) == (True, True)


def test_a_configured_model_that_is_not_pulled_is_unavailable(ollama: OllamaStandIn, settings: Settings) -> None:
    settings.OLLAMA_CHAT_MODEL = "qwen3"
    assert "ollama pull qwen3" in chat_provider_status(in_use=False).detail


def test_an_ollama_with_embedding_models_only_cannot_chat(ollama: OllamaStandIn) -> None:
    ollama.models = ["nomic-embed-text:latest"]
    assert not chat_provider_status(in_use=True).available


def test_a_server_that_hangs_is_waited_for_briefly(ollama: OllamaStandIn) -> None:
    ollama.hanging = True
    start = perf_counter()
    assert not chat_provider_status(in_use=True).available
    assert perf_counter() - start < 10, "without its own timeouts the check would hang as long as the server"
