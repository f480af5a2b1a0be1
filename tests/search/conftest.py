import pytest

from search.registry import Entity, entity_of


@pytest.fixture
def messages() -> Entity:
    """The entity that the tests of the engine speak of, as the chat app registers it."""
    return entity_of("messages")
