import pytest

from accounts.models import User
from chat.models import Message
from search.services import drain
from search.sync import maintenance
from tests.factories import MessageFactory


@pytest.fixture
def three_messages(alice: User) -> list[Message]:
    """Three indexed messages."""
    maintenance.maintain_tables()
    created: list[Message] = [
        MessageFactory(conversation__owner=alice, content=f"Message {number}. " * 400) for number in range(3)
    ]
    drain()
    return created
