"""Stand-ins as fixtures; the settings point at them while the test runs."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.stand_ins.ollama import OllamaStandIn


@pytest.fixture
def ollama(settings: Settings) -> Iterator[OllamaStandIn]:
    """An Ollama server with one chat model and nomic-embed-text; see `OllamaStandIn` for its switches."""
    with OllamaStandIn() as server:
        settings.OLLAMA_BASE_URL = server.url
        yield server
