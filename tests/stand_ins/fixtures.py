"""Fixtures of the stand-ins. During a test the settings point to them."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from providers.claude.connections import connections
from tests.stand_ins.claude import ClaudeStandIn
from tests.stand_ins.ollama import OllamaStandIn


@pytest.fixture
def ollama(settings: Settings) -> Iterator[OllamaStandIn]:
    """An Ollama server with one chat model and nomic-embed-text; see `OllamaStandIn` for its switches."""
    with OllamaStandIn() as server:
        settings.OLLAMA_BASE_URL = server.url
        yield server


@pytest.fixture
def with_ollama(ollama: OllamaStandIn, settings: Settings) -> OllamaStandIn:
    """The same, and it makes the vectors."""
    settings.EMBEDDINGS = "ollama"
    return ollama


@pytest.fixture
def claude(settings: Settings) -> Iterator[ClaudeStandIn]:
    """The Claude API, which accepts `claude.key`; see `ClaudeStandIn` for its switches."""
    with ClaudeStandIn() as server:
        settings.ANTHROPIC_BASE_URL = server.url
        yield server
    # The process keeps one pool for its lifetime, but each test has another server.
    connections().close()
    connections.cache_clear()
