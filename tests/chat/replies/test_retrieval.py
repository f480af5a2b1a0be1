"""What a reply is given from earlier conversations."""

from collections.abc import Sequence
from uuid import UUID

import pytest

from accounts.models import User
from chat.models import Conversation, Message, MessageStatus, Role
from chat.replies import prompts, writer
from chat.replies.context import Piece
from chat.replies.flusher import ActiveReply
from chat.replies.prompts import CONTEXT_TOKENS
from chat.replies.retrieval import MAX_EXTRACTS, retrieve_context
from search.services import drain
from tests.factories import ConversationFactory, MessageFactory

pytestmark = pytest.mark.django_db(transaction=True)


def exchange(owner: User, question: str, answer: str, **fields: object) -> Message:
    """A question and its answer in a conversation of their own. Returns the answer."""
    conversation = ConversationFactory(owner=owner)
    asked = MessageFactory(conversation=conversation, content=question)
    return MessageFactory(conversation=conversation, content=answer, role=Role.ASSISTANT, in_reply_to=asked, **fields)


def retrieved(owner: User, *messages: str, in_prompt: Sequence[UUID] = ()) -> list[Piece]:
    """What is retrieved for the last of the messages of a new conversation."""
    conversation = Conversation(owner=owner)
    drain()
    history = [Message(conversation=conversation, owner=owner, role=Role.USER, content=text) for text in messages]
    return retrieve_context(history, in_prompt=in_prompt)


def quoted(owner: User, *messages: str, in_prompt: Sequence[UUID] = ()) -> list[str]:
    return [message.extract.text for message in retrieved(owner, *messages, in_prompt=in_prompt)]


def test_a_question_comes_with_its_answer_once(alice: User) -> None:
    exchange(alice, "How is glycogen stored?", "In the liver and in muscles.")
    assert quoted(alice, "Where is glycogen?") == ["How is glycogen stored?\n\nIn the liver and in muscles."]


def test_a_question_without_an_answer_is_left_out(alice: User) -> None:
    MessageFactory(conversation__owner=alice, content="How is glycogen stored?")
    assert quoted(alice, "How is glycogen stored?") == []


def test_a_question_whose_answer_failed_is_left_out(alice: User) -> None:
    exchange(alice, "How is glycogen stored?", "", status=MessageStatus.FAILED)
    assert quoted(alice, "How is glycogen stored?") == []


def test_a_note_needs_no_answer(alice: User) -> None:
    MessageFactory(conversation__owner=alice, content="My chemistry exam is on 12 June.")
    assert quoted(alice, "When is my chemistry exam?") == ["My chemistry exam is on 12 June."]


def test_a_follow_up_finds_what_the_message_before_it_is_about(alice: User) -> None:
    answer = exchange(alice, "How do kidneys work?", "Nephrons filter the blood.")
    assert quoted(alice, "and why?") == []
    [found] = retrieved(alice, "Tell me how the kidneys filter blood.", "and why?")
    assert found.conversation_id == answer.conversation_id


def test_nothing_unrelated_is_retrieved(alice: User) -> None:
    exchange(alice, "How do kidneys work?", "Nephrons filter the blood.")
    assert quoted(alice, "Which guitar strings last longest?") == []


def test_what_is_in_the_prompt_is_not_retrieved_again(alice: User) -> None:
    answer = exchange(alice, "How do kidneys work?", "Nephrons filter the blood.")
    ids = [answer.pk, answer.in_reply_to_id]
    assert quoted(alice, "How do kidneys filter blood?", in_prompt=[pk for pk in ids if pk]) == []


def test_the_beginning_of_a_long_conversation_is_retrieved(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "HISTORY_TOKENS", 100)
    monkeypatch.setattr(prompts, "HISTORY_TOKENS", 100)
    conversation = ConversationFactory(owner=alice)
    first = MessageFactory(conversation=conversation, content="My tutor is called Ines and teaches chemistry.")
    MessageFactory.create_batch(3, conversation=conversation, content="Something else about rivers. " * 5)
    MessageFactory(conversation=conversation, content="Who is my chemistry tutor?")
    drain()
    reply = MessageFactory(conversation=conversation, role=Role.ASSISTANT, status=MessageStatus.GENERATING, content="")
    active = ActiveReply(reply.pk, "")
    prompt = writer._prompt_for(reply, active)
    assert first.content not in [turn.content for turn in prompt.turns]
    assert prompt.extracts[0].text == first.content
    reply.refresh_from_db()
    assert reply.context[0]["id"] == str(first.pk)


def test_a_repetition_is_left_out(alice: User) -> None:
    for _ in range(3):
        MessageFactory(conversation__owner=alice, content="My chemistry exam is on 12 June.")
    MessageFactory(conversation__owner=alice, content="The chemistry exam has three parts: acids, salts and polymers.")
    assert len(quoted(alice, "chemistry exam")) == 2


def test_the_extracts_stay_within_their_budget(alice: User) -> None:
    for number in range(20):
        MessageFactory(conversation__owner=alice, content=f"Salt {number}: " + f"part{number} of salt. " * 150)
    found = retrieved(alice, "What about salt?")
    assert CONTEXT_TOKENS / 2 < sum(message.extract.tokens for message in found) <= CONTEXT_TOKENS


def test_at_most_so_many_extracts_are_retrieved(alice: User) -> None:
    for number in range(20):
        MessageFactory(conversation__owner=alice, content=f"Salt of kind{number} tastes like thing{number}.")
    assert len(quoted(alice, "What about salt?")) == MAX_EXTRACTS


def test_a_dash_in_a_message_excludes_nothing(alice: User) -> None:
    MessageFactory(conversation__owner=alice, content="The flag -r of grep searches folders.")
    assert quoted(alice, "What does grep -r do?") == ["The flag -r of grep searches folders."]


def test_another_users_messages_are_not_retrieved(alice: User, mallory: User) -> None:
    exchange(mallory, "How do kidneys work?", "Nephrons filter the blood.")
    assert quoted(alice, "How do kidneys work?") == []


KIDNEYS = "Nephrons filter the blood in the kidneys."


@pytest.mark.parametrize(
    ("told", "messages", "reason"),
    [
        (KIDNEYS, ["What do nephrons filter?"], "Shares the words ‘nephrons’, ‘filter’ and is close in meaning"),
        ("The car needs new tires.", ["Automobile, vehicle, wheels?"], "Close in meaning"),
        (KIDNEYS, ["Tell me how the kidneys filter blood.", "and why?"], "Continues your question before it"),
    ],
)
def test_each_piece_says_why_it_was_found(alice: User, told: str, messages: list[str], reason: str) -> None:
    MessageFactory(conversation__owner=alice, content=told)
    assert [piece.reason for piece in retrieved(alice, *messages)] == [reason]


def test_a_piece_that_only_its_neighbors_explain_says_so(alice: User) -> None:
    conversation = ConversationFactory(owner=alice)
    MessageFactory(conversation=conversation, content="Nephrons filter the blood in the kidneys.")
    MessageFactory(conversation=conversation, content="Ines told me that yesterday.")
    found = {piece.excerpt: piece.reason for piece in retrieved(alice, "What do nephrons in kidneys filter?")}
    assert found["Ines told me that yesterday."] == "Next to a message about this"
