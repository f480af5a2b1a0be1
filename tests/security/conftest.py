import pytest

from accounts.models import User
from chat.models import Role
from flashcards.models import CardStatus
from tests.factories import ApiTokenFactory, CardFactory, GenerationFactory, MessageFactory


@pytest.fixture
def ids(alice: User) -> dict[str, str]:
    """The keys of Alice's rows, by their names in paths and bodies. `draft_id` is a draft of the generation."""
    reply = MessageFactory(conversation__owner=alice, role=Role.ASSISTANT)
    generation = GenerationFactory(owner=alice)
    rows = {
        "conversation_id": reply.conversation,
        "message_id": reply,
        "card_id": CardFactory(owner=alice),
        "generation_id": generation,
        "draft_id": CardFactory(owner=alice, generation=generation, status=CardStatus.DRAFT),
        "token_id": ApiTokenFactory(owner=alice),
    }
    return {name: str(row.pk) for name, row in rows.items()}
