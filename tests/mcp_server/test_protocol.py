"""What the official client is told: tools, resources and prompts, their schemas and their errors."""

from functools import partial
from typing import Any

import pytest
from mcp import Client
from mcp_types import INVALID_PARAMS

from accounts.models import User
from flashcards.models import Card
from goals.models import Goal
from memories.models import Memory
from tests.factories import CardFactory, ConversationFactory, GoalFactory, MemoryFactory, MessageFactory
from tests.mcp_server.programs import in_memory

pytestmark = pytest.mark.django_db(transaction=True)

READING = {
    *("search", "get_conversation", "get_memory", "list_projects", "list_due_cards", "reveal_card"),
    *("list_goals", "goal_progress"),
}
WRITING = {
    *("remember", "update_memory", "forget", "rate_card", "undo_rating", "create_cards", "add_goal"),
}


def test_a_program_is_shown_the_tools_that_its_token_may_call(alice: User) -> None:
    assert set(in_memory(alice).tools()) == READING | WRITING
    assert set(in_memory(alice, "read").tools()) == READING
    assert set(in_memory(alice, "write").tools()) == WRITING
    message = "This token does not have the required scope. Create one that has it."
    assert in_memory(alice, "read").error_of("remember", project="Lab", data={}) == message
    assert in_memory(alice, "write").error_of("list_projects") == message
    assert not Memory.objects.exists()


def test_tools_have_schemas_and_honest_annotations(alice: User) -> None:
    tools = in_memory(alice).tools()
    for name, tool in tools.items():
        assert tool.description
        assert tool.title
        assert tool.input_schema["additionalProperties"] is False
        assert tool.output_schema["type"] == "object"
        assert tool.annotations.read_only_hint is (name in READING)
        assert tool.annotations.open_world_hint is False
    destructive = {name for name, tool in tools.items() if tool.annotations.destructive_hint}
    assert destructive == {"remember", "update_memory", "forget", "undo_rating"}
    repeatable = {name for name, tool in tools.items() if tool.annotations.idempotent_hint}
    assert repeatable == READING | {"update_memory", "forget", "rate_card"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "data: Field required; project: Field required"),
        ({"project": "Lab", "data": [1]}, "data: Input should be a valid dictionary"),
        ({"project": "Lab", "data": {}, "dta": 1}, "dta: Extra inputs are not permitted"),
        ({"project": 1, "data": {}}, "project: Input should be a valid string"),
        ({"project": "a/b", "data": {}}, "A project's name has 1 to 100 characters"),
        ({"project": "Lab", "data": {"a": "\0"}}, "The arguments have NUL"),
        ({"project": "Lab", "data": {"a" * 70_000: 1}}, "A memory can have up to 64 KB"),
    ],
)
def test_arguments_that_are_not_valid_are_an_error_with_the_reason(
    alice: User, arguments: dict[str, Any], message: str
) -> None:
    error = in_memory(alice).error_of("remember", **arguments)
    assert message in error
    assert "Traceback" not in error
    assert not Memory.objects.exists()


def test_an_error_of_ours_is_a_message_without_its_reason(alice: User, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("memories.services.save_memory", lambda **values: 1 / 0)
        error = in_memory(alice).error_of("remember", project="Lab", data={})
    assert error == "Something went wrong on the server. Its operator finds the error in the log."
    assert "The call of a program failed." in caplog.messages


def test_unknown_names_are_errors_of_the_protocol(alice: User) -> None:
    program = in_memory(alice)
    for use in (
        lambda client: client.call_tool("drop_tables", {}),
        lambda client: client.get_prompt("drop_tables", {}),
        lambda client: client.read_resource("memoryloop://user/01a1fea7-713e-73f1-99e6-4d21b4049720"),
        lambda client: client.read_resource("file:///etc/passwd"),
    ):
        assert program.refusal_of(use).code == INVALID_PARAMS


def test_every_kind_of_resource_is_read_by_its_owner_alone(alice: User, mallory: User) -> None:
    message = MessageFactory(conversation=ConversationFactory(owner=alice), content="What makes ATP?")
    card: Card = CardFactory(owner=alice, question="Who?", answer="Mitochondria")
    goal: Goal = GoalFactory(owner=alice, title="Cells")
    memory: Memory = MemoryFactory(project__owner=alice, data={"result": "ATP"})
    secrets = {message.conversation: "What makes ATP?", card: "Mitochondria", goal: "Cells", memory: '"result":"ATP"'}
    names = {
        template.name
        for template in in_memory(alice).run(lambda client: client.list_resource_templates()).resource_templates
    }
    assert names == {row._meta.model_name for row in secrets}
    for row, secret in secrets.items():
        uri = f"memoryloop://{row._meta.model_name}/{row.pk}"
        content = in_memory(alice).read(uri)
        assert (content.uri, content.mime_type) == (uri, "application/json")
        assert secret in content.text
        refusal = in_memory(mallory).refusal_of(partial(Client.read_resource, uri=uri))
        assert refusal.message == "It does not exist, or it is not yours."
    assert in_memory(alice).run(lambda client: client.list_resources()).resources == []


def test_strangers_ids_are_not_found_by_any_tool(alice: User, mallory: User) -> None:
    message = MessageFactory(conversation=ConversationFactory(owner=alice))
    card: Card = CardFactory(owner=alice)
    goal: Goal = GoalFactory(owner=alice)
    memory: Memory = MemoryFactory(project__owner=alice)
    stranger = in_memory(mallory)
    calls: list[tuple[str, dict[str, Any]]] = [
        ("get_conversation", {"conversation_id": str(message.conversation_id)}),
        ("get_memory", {"memory_id": str(memory.pk)}),
        ("update_memory", {"memory_id": str(memory.pk), "data": {"stolen": True}}),
        ("forget", {"memory_id": str(memory.pk)}),
        ("list_due_cards", {"goal_id": str(goal.pk)}),
        ("list_due_cards", {"skill_id": str(goal.pk)}),
        ("reveal_card", {"card_id": str(card.pk)}),
        ("rate_card", {"card_id": str(card.pk), "rating": 3, "review_id": str(card.pk)}),
        ("create_cards", {"cards": [{"question": "a", "answer": "b"}], "skill_id": str(goal.pk)}),
        ("goal_progress", {"goal_id": str(goal.pk)}),
    ]
    for tool, arguments in calls:
        assert stranger.error_of(tool, **arguments) == "It does not exist, or it is not yours.", tool
    for tool in ("list_due_cards", "list_goals", "list_projects"):
        assert stranger.call(tool)["items"] == []
    memory.refresh_from_db()
    assert (memory.deleted_at, memory.data["note"]) == (None, memory.data["note"])
    assert not Card.objects.filter(owner=mallory).exists()
