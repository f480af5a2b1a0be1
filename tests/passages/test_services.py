from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from chat.models import Message, Role
from passages.errors import EmptyPassage, NotInMessage, PassageTooLong
from passages.models import RememberedPassage
from passages.services import delete_passage, purge_passages, remember_passage, restore_passage
from search.queries import Mode, find
from search.services import drain
from tests.factories import ConversationFactory, MessageFactory, PassageFactory

REPLY = """## Kidneys

They **filter** the blood:

- in the *glomerulus*
- at $p > 8$ kPa

| part | work |
|---|---|
| loop | salt |
"""


@pytest.fixture
def reply(alice: User) -> Message:
    conversation = ConversationFactory(owner=alice, title="Renal physiology")
    return MessageFactory(conversation=conversation, role=Role.ASSISTANT, content=REPLY)


@pytest.mark.parametrize(
    "text",
    ["They filter the blood", "blood:\nin the glomerulus\nat p > 8 kPa", "part work\nloop salt", "Kidneys"],
)
def test_a_part_of_the_text_is_remembered_without_its_markup(reply: Message, text: str) -> None:
    passage, is_new = remember_passage(message=reply, text=f" {text}\n")
    assert (passage.text, passage.message, passage.owner, is_new) == (text, reply, reply.owner, True)
    assert passage.conversation_title == "Renal physiology"


@pytest.mark.parametrize("text", ["They **filter** the blood", "Kidneys filter", "kidneys", "at $p > 8$ kPa"])
def test_what_is_not_in_the_text_is_refused(reply: Message, text: str) -> None:
    with pytest.raises(NotInMessage):
        remember_passage(message=reply, text=text)
    assert not RememberedPassage.objects.exists()


def test_the_markup_that_a_user_typed_is_text(alice: User) -> None:
    message = MessageFactory(conversation__owner=alice, content="What is **this**, <b> or &amp;?")
    assert remember_passage(message=message, text="**this**, <b> or &amp;").is_new


def test_without_a_text_the_message_is_remembered(reply: Message) -> None:
    passage, _is_new = remember_passage(message=reply)
    assert passage.text.startswith("Kidneys\nThey filter the blood:")
    assert passage.text.endswith("salt")


def test_of_a_long_message_the_beginning_is_remembered(alice: User) -> None:
    message = MessageFactory(conversation__owner=alice, content="word " * 500)
    assert remember_passage(message=message).passage.text == "word " * 399 + "word"


@pytest.mark.parametrize(
    ("content", "text", "error"), [(" ", "", EmptyPassage), ("x" * 3000, "x" * 2001, PassageTooLong)]
)
def test_nothing_and_too_much_are_refused(alice: User, content: str, text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        remember_passage(message=MessageFactory(conversation__owner=alice, content=content), text=text)


def test_the_same_text_is_remembered_once(alice: User, mallory: User, reply: Message) -> None:
    first = remember_passage(message=reply, text="They filter the blood")
    note: Any = {"content": "They filter\nthe blood, I think."}
    again = remember_passage(message=MessageFactory(conversation__owner=alice, **note), text="They filter\nthe blood")
    assert (again.passage, again.is_new) == (first.passage, False)
    assert remember_passage(message=MessageFactory(conversation__owner=mallory, **note), text="They filter").is_new


def test_a_deleted_passage_can_be_restored_or_remembered_again(reply: Message) -> None:
    passage, _is_new = remember_passage(message=reply, text="Kidneys")
    for undo in (
        lambda: restore_passage(passage=passage),
        lambda: remember_passage(message=reply, text="Kidneys"),
    ):
        delete_passage(passage=passage, at=timezone.now())
        assert not RememberedPassage.objects.alive().exists()
        undo()
        assert RememberedPassage.objects.alive().get() == passage


def test_a_deleted_passage_is_purged_after_the_time_for_undo(alice: User) -> None:
    at = timezone.now()
    kept = PassageFactory(owner=alice)
    undoable = PassageFactory(owner=alice, deleted_at=at - timedelta(minutes=59))
    PassageFactory(owner=alice, deleted_at=at - timedelta(minutes=61))
    purge_passages(at=at)
    assert set(RememberedPassage.objects.all()) == {kept, undoable}


def test_a_passage_outlives_its_message(reply: Message) -> None:
    passage, _is_new = remember_passage(message=reply, text="Kidneys")
    reply.conversation.delete()
    passage.refresh_from_db()
    assert (passage.message, passage.text, passage.conversation_title) == (None, "Kidneys", "Renal physiology")


@pytest.mark.django_db(transaction=True)
def test_a_passage_is_found_until_it_is_deleted(reply: Message, mallory: User) -> None:
    passage, _is_new = remember_passage(message=reply, text="They filter the blood")

    def found(owner: User) -> list[Any]:
        drain()
        result = find(owner_id=owner.pk, table="passages", query="filter blood", mode=Mode.HYBRID)
        return [hit.entity_id for hit in result.hits]

    assert (found(reply.owner), found(mallory)) == ([passage.pk], [])
    delete_passage(passage=passage, at=timezone.now())
    assert found(reply.owner) == []
