"""The tool that searches everything."""

import pytest

from accounts.models import User
from chat.models import Message
from memories.services import save_memory
from search.services import drain
from search.sync import maintenance
from tests.factories import MessageFactory
from tests.mcp_server.programs import in_memory

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_finds_messages_and_memories_of_the_owner_alone(alice: User, mallory: User) -> None:
    maintenance.maintain_tables()
    message: Message = MessageFactory(conversation__owner=alice, content="Mitochondria make ATP.")
    memory = save_memory(owner=alice, project="Lab", data={"finding": "Mitochondria were counted"}).memory
    save_memory(owner=mallory, project="Lab", data={"finding": "Mitochondria of a stranger"})
    drain()
    answer = in_memory(alice).call("search", query="mitochondria")
    assert {(item["kind"], item["id"], item["uri"], item["title"]) for item in answer["items"]} == {
        (
            "message",
            str(message.pk),
            f"memoryloop://conversation/{message.conversation_id}",
            message.conversation.title,
        ),
        ("memory", str(memory.pk), f"memoryloop://memory/{memory.pk}", "Lab"),
    }
    assert answer["counts"] == {"message": 1, "card": 0, "goal": 0, "memory": 1}
    assert answer["notice"] is None

    assert in_memory(alice).call("search", query="mitochondria", kinds=["goal"])["items"] == []
    assert "no kind “letter”" in in_memory(alice).error_of("search", query="x", kinds=["letter"])
