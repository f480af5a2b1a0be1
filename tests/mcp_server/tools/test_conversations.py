"""The tool that reads conversations."""

import pytest
from django.utils import timezone

from accounts.models import User
from chat.models import Role
from tests.factories import ConversationFactory, MessageFactory
from tests.mcp_server.programs import in_memory

pytestmark = pytest.mark.django_db(transaction=True)


def test_messages_are_read_from_the_end_in_pages(alice: User) -> None:
    conversation = ConversationFactory(owner=alice, title="Cells")
    MessageFactory(conversation=conversation, content="First")
    MessageFactory(conversation=conversation, content="Replaced", role=Role.ASSISTANT, superseded=True)
    MessageFactory(conversation=conversation, content="Forgotten", forgotten_at=timezone.now())
    MessageFactory(conversation=conversation, content="x" * 60_000, role=Role.ASSISTANT)
    MessageFactory(conversation=conversation, content="Last")
    program = in_memory(alice)
    latest = program.call("get_conversation", conversation_id=str(conversation.pk))
    assert latest["title"] == "Cells"
    assert [(message["role"], message["content"]) for message in latest["messages"]] == [("user", "Last")]

    before = program.call("get_conversation", conversation_id=str(conversation.pk), before=latest["earlier"])
    assert [message["content"] for message in before["messages"]] == ["x" * 60_000]
    first = program.call("get_conversation", conversation_id=str(conversation.pk), before=before["earlier"])
    assert ([message["content"] for message in first["messages"]], first["earlier"]) == (["First"], None)
