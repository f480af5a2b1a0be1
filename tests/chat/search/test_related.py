import pytest

from accounts.models import User
from chat.models import Conversation, Role
from chat.search.related import RelatedConversation, related_conversations
from search.services import drain
from tests.factories import ConversationFactory, MessageFactory

pytestmark = pytest.mark.django_db(transaction=True)

KIDNEYS = ("How do kidneys filter blood?", "Nephrons filter the blood under pressure.")
GLOMERULUS = ("What is a glomerulus?", "A knot of vessels in a nephron, where the kidney filters blood.")
GUITAR = ("Which guitar strings last longest?", "Coated steel strings last longest.")


def chat(owner: User, *exchanges: tuple[str, str]) -> Conversation:
    conversation = ConversationFactory(owner=owner)
    for question, answer in exchanges:
        asked = MessageFactory(conversation=conversation, content=question)
        MessageFactory(conversation=conversation, role=Role.ASSISTANT, content=answer, in_reply_to=asked)
    return conversation


def related(conversation: Conversation) -> list[RelatedConversation]:
    drain()
    return related_conversations(conversation)


def test_only_other_conversations_about_the_same_subject_are_related(alice: User, mallory: User) -> None:
    conversation, near = chat(alice, KIDNEYS), chat(alice, GLOMERULUS)
    chat(alice, GUITAR)
    chat(mallory, GLOMERULUS)
    [found] = related(conversation)
    assert found.conversation == near
    assert 0.14 <= found.score <= 1


def test_an_unrelated_conversation_is_not_shown_for_want_of_another(alice: User) -> None:
    conversation = chat(alice, KIDNEYS)
    chat(alice, ("Which guitar strings last longest?", "Coated steel strings, because of their pressure."))
    assert related(conversation) == []


def test_the_subject_is_what_was_said_last(alice: User) -> None:
    conversation, near = chat(alice, *[GUITAR] * 3, *[KIDNEYS] * 3), chat(alice, GLOMERULUS)
    chat(alice, ("Which guitar strings are coated?", "Steel strings."))
    assert [found.conversation for found in related(conversation)] == [near]


def test_a_copy_of_the_conversation_is_not_shown(alice: User) -> None:
    conversation = chat(alice, KIDNEYS, GLOMERULUS)
    chat(alice, KIDNEYS, GLOMERULUS)
    near = chat(alice, ("Do kidneys filter blood?", "Yes, in their nephrons."))
    assert [found.conversation for found in related(conversation)] == [near]


def test_the_same_question_asked_before_is_shown(alice: User) -> None:
    conversation, before = chat(alice, KIDNEYS), chat(alice, KIDNEYS)
    assert [found.conversation for found in related(conversation)] == [before]


def test_of_two_equal_conversations_one_is_shown(alice: User) -> None:
    conversation = chat(alice, KIDNEYS)
    chat(alice, GLOMERULUS)
    chat(alice, GLOMERULUS)
    assert len(related(conversation)) == 1


def test_a_deleted_conversation_is_not_shown(alice: User) -> None:
    conversation, deleted = chat(alice, KIDNEYS), chat(alice, GLOMERULUS)
    drain()
    Conversation.objects.filter(pk=deleted.pk).update(deleted_at=deleted.created_at)
    assert related_conversations(conversation) == []


def test_nothing_is_shown_without_an_index(alice: User) -> None:
    conversation = chat(alice, KIDNEYS)
    chat(alice, KIDNEYS)
    assert related_conversations(conversation) == []


def test_an_empty_conversation_has_none(alice: User) -> None:
    chat(alice, GUITAR)
    assert related(chat(alice)) == []
