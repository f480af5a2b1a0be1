import pytest

from search.registry import Entity, entity_of


@pytest.fixture
def messages() -> Entity:
    """The entity that these tests use, as the chat app registers it."""
    return entity_of("messages")
