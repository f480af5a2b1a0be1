from datetime import date

import pytest
from django.utils import timezone

from accounts.models import User
from chat.models import Conversation, Message, Role
from chat.replies.context import Piece, PieceKind
from chat.replies.retrieval import retrieve_context
from memories.context_sources import MAX_MEMORIES, MAX_TEXT_LENGTH, memory_rows
from memories.models import Project
from search.services import drain
from tests.factories import ConversationFactory, ConversationProjectFactory, MemoryFactory, ProjectFactory

pytestmark = pytest.mark.django_db(transaction=True)

QUESTION = "What do nephrons filter?"


@pytest.fixture
def lab(alice: User) -> Project:
    return ProjectFactory(owner=alice, name="Lab", use_in_chats=True)


def given(owner: User, conversation: Conversation | None = None) -> list[Piece]:
    drain()
    asked = Message(
        conversation=conversation or Conversation(owner=owner), owner=owner, role=Role.USER, content=QUESTION
    )
    return retrieve_context([asked], in_prompt=())


def test_a_memory_about_the_question_is_given_with_all_of_its_values(alice: User, mallory: User, lab: Project) -> None:
    data = {"note": "Nephrons filter the blood.", "task": "anatomy", "id": "7f3e9c"}
    memory = MemoryFactory(project=lab, data=data, task="anatomy", date=date(2026, 3, 4))
    MemoryFactory(project=lab, data={"note": "Coated guitar strings last longest."})
    MemoryFactory(project=ProjectFactory(owner=alice), data=data)
    MemoryFactory(project=ProjectFactory(owner=mallory, use_in_chats=True), data=data)
    [piece] = given(alice)
    assert (piece.source, piece.kind) == (memory, PieceKind.MEMORY)
    assert piece.extract.title == "Lab: anatomy, 2026-03-04"
    assert piece.extract.text == "note: Nephrons filter the blood.\ntask: anatomy\nid: 7f3e9c"
    stored = piece.stored(1)
    assert (stored["kind"], stored["id"], stored["title"]) == ("memory", str(memory.pk), "Lab: anatomy")
    assert stored["reason"].startswith("Shares the words ‘nephrons’")


def test_the_conversation_chooses_otherwise_than_the_projects_switch(alice: User, lab: Project) -> None:
    off = ProjectFactory(owner=alice, name="Kidneys")
    MemoryFactory(project=lab, data={"note": "Nephrons filter the blood."})
    chosen = MemoryFactory(project=off, data={"note": "Nephrons filter 180 litres of blood plasma a day."})
    conversation = ConversationFactory(owner=alice)
    ConversationProjectFactory(conversation=conversation, project=lab, use=False)
    ConversationProjectFactory(conversation=conversation, project=off, use=True)
    assert [piece.source for piece in given(alice, conversation)] == [chosen]
    assert [piece.title for piece in given(alice)] == ["Lab"]


def test_few_are_given_and_of_a_long_record_what_was_found(alice: User, lab: Project) -> None:
    long = {"log": "Pumps hum and valves click. " * 300, "note": "Nephrons filter the blood."}
    MemoryFactory(project=lab, data=long)
    [piece] = given(alice)
    assert len(piece.extract.text) <= MAX_TEXT_LENGTH
    assert "Nephrons filter the blood." in piece.extract.text
    for number in range(MAX_MEMORIES + 1):
        MemoryFactory(project=lab, data={f"nephron {number}": f"Nephrons filter blood {'abcdef'[number] * 9}."})
    assert len(given(alice)) == MAX_MEMORIES


def test_nothing_deleted_or_archived_is_given_though_the_index_still_has_it(alice: User, lab: Project) -> None:
    memory = MemoryFactory(project=lab, data={"note": "Nephrons filter the blood."})
    assert len(given(alice)) == 1
    type(memory).objects.filter(pk=memory.pk).update(deleted_at=timezone.now())
    assert given(alice) == []
    type(memory).objects.filter(pk=memory.pk).update(deleted_at=None)
    Project.objects.filter(pk=lab.pk).update(archived_at=timezone.now())
    assert given(alice) == []
    assert memory_rows({alice.pk}, {memory.pk})[memory.pk].url == memory.get_absolute_url()


def test_the_link_is_only_for_the_owner_and_what_still_exists(alice: User, mallory: User, lab: Project) -> None:
    memory, deleted = MemoryFactory(project=lab), MemoryFactory(project=lab, deleted_at=timezone.now())
    other = MemoryFactory(project__owner=mallory)
    assert set(memory_rows({alice.pk}, {memory.pk, deleted.pk, other.pk})) == {memory.pk}
