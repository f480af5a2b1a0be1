"""What a user has forgotten or left out is used no more, whatever happens to the index."""

from collections.abc import Iterator
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command

from accounts.models import User
from base.errors import NotFound
from chat.memory import services
from chat.models import Conversation, LeftOutPiece, Message, MessageStatus, Role
from chat.replies.retrieval import retrieve_context
from chat.replies.writer import write_reply
from chat.search.related import related_conversations
from chat.services import send_message
from flashcards.models import Card
from providers.types import Prompt
from search.joint_search import search
from search.queries import FindResult, Mode, find
from search.services import discard_tables, drain
from tests.factories import CardFactory, ConversationFactory, MessageFactory, reply_pieces, reply_to

pytestmark = pytest.mark.django_db(transaction=True)

QUESTION = "How much salt does my sourdough bread need?"


@pytest.fixture
def message(alice: User) -> Message:
    """A message about bread, in the index."""
    message: Message = MessageFactory(
        conversation__owner=alice, content="My sourdough bread needs twelve grams of salt."
    )
    drain()
    return message


@pytest.fixture
def conversation(alice: User) -> Conversation:
    """Another conversation about bread."""
    conversation: Conversation = ConversationFactory(owner=alice)
    reply_to(conversation, content="Sourdough bread needs flour, water and some salt.")
    drain()
    return conversation


def found(owner: User) -> list[Message]:
    """What the owner finds by words and by meaning."""
    modes = (Mode.KEYWORD, Mode.SEMANTIC, Mode.HYBRID)
    searches = [search(owner=owner, query=QUESTION, mode=m, kinds=["message"], weak=True) for m in modes]
    return [result.row for results in searches for result in results.items]


def is_indexed(message: Message) -> bool:
    hits = find(owner_id=message.owner_id, table="messages", query=QUESTION, mode=Mode.HYBRID).hits
    return message.pk in [hit.entity_id for hit in hits]


def given(conversation: Conversation) -> list[Message]:
    """What a reply in this conversation is given for the question."""
    asked = Message(conversation=conversation, owner=conversation.owner, role=Role.USER, content=QUESTION)
    return [piece.source for piece in retrieve_context([asked], in_prompt=[]) if isinstance(piece.source, Message)]


def is_used(message: Message, conversation: Conversation) -> list[bool]:
    """Whether the message is found, makes its conversation related, and is given to a reply."""
    related = [row.conversation for row in related_conversations(conversation)]
    return [
        message in found(conversation.owner),
        message.conversation in related,
        message in given(conversation),
    ]


def test_a_forgotten_message_is_used_no_more_before_and_after_the_index_follows(
    message: Message, conversation: Conversation
) -> None:
    assert is_used(message, conversation) == [True, True, True]
    services.forget_message(message=message)
    assert is_used(message, conversation) == [False, False, False]
    assert is_indexed(message)
    drain()
    assert is_used(message, conversation) == [False, False, False]
    assert not is_indexed(message)


def test_a_forgotten_message_stays_so_after_a_rebuild_and_without_an_index(
    message: Message, conversation: Conversation
) -> None:
    services.forget_message(message=message)
    drain()
    call_command("reindex", "--table", "messages", stdout=StringIO())
    assert is_used(message, conversation) == [False, False, False]
    assert not is_indexed(message)
    discard_tables()  # PostgreSQL answers
    assert is_used(message, conversation) == [False, False, False]
    assert not is_indexed(message)
    services.remember_message(message=message)
    assert message in found(conversation.owner)


def test_a_forgotten_message_can_be_remembered_again(message: Message, conversation: Conversation) -> None:
    services.forget_message(message=message)
    drain()
    services.remember_message(message=message)
    assert not message.forgotten
    drain()
    assert is_used(message, conversation) == [True, True, True]


def test_to_forget_twice_is_to_forget_once(message: Message) -> None:
    first = services.forget_message(message=message).forgotten_at
    assert services.forget_message(message=message).forgotten_at == first


def test_the_half_of_an_exchange_that_is_forgotten_is_not_quoted(alice: User, conversation: Conversation) -> None:
    note = MessageFactory(conversation__owner=alice, content="My sourdough starter is called Bubbles.")
    answer = MessageFactory(
        conversation=note.conversation, role=Role.ASSISTANT, in_reply_to=note, content="A name like beer."
    )
    services.forget_message(message=answer)
    drain()
    asked = Message(conversation=conversation, owner=alice, role=Role.USER, content="What is my sourdough starter?")
    texts = [piece.extract.text for piece in retrieve_context([asked], in_prompt=[])]
    assert note.content in texts


def test_a_message_forgotten_while_a_reply_is_prepared_is_not_in_its_context(
    message: Message, conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The index has found it already when the user forgets it."""

    def find_then_forget(**arguments: Any) -> FindResult:
        result = find(**arguments)
        assert message.pk in [hit.entity_id for hit in result.hits]
        services.forget_message(message=message)
        return result

    monkeypatch.setattr("chat.replies.retrieval.find", find_then_forget)
    reply = send_message(conversation=conversation, content=QUESTION).reply
    write_reply(reply_id=reply.pk)
    reply.refresh_from_db()
    assert str(message.pk) not in [piece["id"] for piece in reply.context]


def test_a_forgotten_message_of_the_same_conversation_is_not_in_the_prompt(
    conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    [_question, answer] = conversation.messages.in_order()
    services.forget_message(message=answer)
    prompts: list[str] = []

    def stream(*, prompt: Prompt, model: str) -> Iterator[str]:
        prompts.append(str(prompt))
        yield "Salt."

    monkeypatch.setattr("chat.replies.writer.provider_for", lambda **_: SimpleNamespace(stream=stream))
    write_reply(reply_id=send_message(conversation=conversation, content=QUESTION).reply.pk)
    assert answer.content not in prompts[0]
    assert QUESTION in prompts[0]


def test_cards_made_from_a_forgotten_message_stay(message: Message) -> None:
    card = CardFactory(owner=message.owner, message=message)
    services.forget_message(message=message)
    assert Card.objects.get(pk=card.pk).message == message


def reply_with(conversation: Conversation, message: Message) -> Message:
    """A reply that was given this message."""
    [piece] = reply_pieces(conversation.owner, "")
    return reply_to(conversation, context=[{**piece, "id": str(message.pk)}])


def test_a_piece_is_left_out_of_its_conversation_only(message: Message, conversation: Conversation) -> None:
    other = ConversationFactory(owner=message.owner)
    left_out = services.leave_out_piece(reply=reply_with(conversation, message), number=1)
    assert (message in given(conversation), message in given(other)) == (False, True)
    services.use_piece_again(left_out=left_out)
    assert message in given(conversation)


def test_the_other_half_of_an_exchange_is_left_out_too(alice: User, conversation: Conversation) -> None:
    answer = reply_to(ConversationFactory(owner=alice), content="My sourdough bread needs twelve grams of salt.")
    question = answer.in_reply_to
    assert question
    drain()
    assert answer in given(conversation)
    services.leave_out_piece(reply=reply_with(conversation, question), number=1)
    assert answer not in given(conversation)


def test_a_piece_is_left_out_once(message: Message, conversation: Conversation) -> None:
    reply = reply_with(conversation, message)
    assert services.leave_out_piece(reply=reply, number=1) == services.leave_out_piece(reply=reply, number=1)


@pytest.mark.parametrize(("number", "status"), [(2, MessageStatus.COMPLETE), (1, MessageStatus.FAILED)])
def test_only_what_a_reply_shows_can_be_left_out(
    message: Message, conversation: Conversation, number: int, status: MessageStatus
) -> None:
    reply = reply_with(conversation, message)
    reply.status = status
    with pytest.raises(NotFound):
        services.leave_out_piece(reply=reply, number=number)
    assert not LeftOutPiece.objects.exists()
