"""The writer, with the built-in tutor as the model."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.db import connection
from pytest_django import Settings

from accounts.models import User
from base.connections import valkey_client
from base.metrics import REGISTRY
from chat import services
from chat.models import Conversation, Message, MessageStatus, Role
from chat.replies import buffer
from chat.replies.writer import write_reply
from search.services import drain
from tests.factories import ConversationFactory, MessageFactory
from tests.stand_ins.ollama import CHAT_MODEL, OllamaStandIn

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def conversation(alice: User) -> Conversation:
    return ConversationFactory(owner=alice)


def test_the_tutor_writes_a_reply(conversation: Conversation) -> None:
    exchange = services.send_message(conversation=conversation, content="What is ATP?")
    write_reply(reply_id=exchange.reply.pk)
    reply = Message.objects.get(pk=exchange.reply.pk)
    assert reply.status == MessageStatus.COMPLETE
    assert reply.content
    assert reply.finished_at is not None


def test_a_reply_is_written_once_however_often_its_task_arrives(conversation: Conversation) -> None:
    exchange = services.send_message(conversation=conversation, content="What is ATP?")
    write_reply(reply_id=exchange.reply.pk)
    before = Message.objects.get(pk=exchange.reply.pk)
    write_reply(reply_id=exchange.reply.pk)
    after = Message.objects.get(pk=exchange.reply.pk)
    assert (after.content, after.finished_at) == (before.content, before.finished_at)


def test_a_missing_reply_is_not_an_error() -> None:
    write_reply(reply_id=ConversationFactory().pk)
    assert not Message.objects.exists()


def test_an_unknown_provider_becomes_the_error_of_the_reply(conversation: Conversation) -> None:
    exchange = services.send_message(conversation=conversation, content="Hello")
    Message.objects.filter(pk=exchange.reply.pk).update(provider="unknown")
    write_reply(reply_id=exchange.reply.pk)
    reply = Message.objects.get(pk=exchange.reply.pk)
    assert reply.status == MessageStatus.FAILED
    assert reply.error is not None
    assert reply.error["code"] == "unknown-provider"


def test_a_reply_holds_no_connection_to_postgresql_while_the_model_answers(
    conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[bool] = []

    def stream(**_: object) -> Iterator[str]:
        for word in ("ATP ", "is ", "energy."):
            held.append(connection.connection is not None)
            yield word

    monkeypatch.setattr("chat.replies.writer.provider_for", lambda **_: SimpleNamespace(stream=stream))
    exchange = services.send_message(conversation=conversation, content="What is ATP?")
    before = first_words(exchange.reply.provider)
    write_reply(reply_id=exchange.reply.pk)
    assert held == [False, False, False]
    assert first_words(exchange.reply.provider) == before + 1


def first_words(provider: str) -> float:
    """How many replies of the provider were timed until their first word."""
    return REGISTRY.get_sample_value("memoryloop_reply_first_word_seconds_count", {"provider": provider}) or 0.0


def write(conversation: Conversation, server: OllamaStandIn, answer: str) -> Message:
    server.reply = answer
    exchange = services.send_message(conversation=conversation, content="Go on.", provider="ollama", model=CHAT_MODEL)
    write_reply(reply_id=exchange.reply.pk)
    return Message.objects.get(pk=exchange.reply.pk)


def test_an_endless_answer_is_cut_and_the_user_is_told(
    conversation: Conversation, ollama: OllamaStandIn, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.MAX_REPLY_LENGTH = 1_000
    reply = write(conversation, ollama, "endless " * 10_000)
    assert (reply.status, reply.content) == (MessageStatus.FAILED, ("endless " * 200)[:1_000])
    assert reply.error is not None
    assert reply.error["code"] == "answer-too-long"
    assert "MAX_REPLY_LENGTH" in caplog.text


def test_an_answer_of_the_longest_length_is_complete(
    conversation: Conversation, ollama: OllamaStandIn, settings: Settings
) -> None:
    settings.MAX_REPLY_LENGTH = 1_000
    reply = write(conversation, ollama, "a bc " * 200)
    assert (reply.status, len(reply.content)) == (MessageStatus.COMPLETE, 1_000)


def test_a_continued_answer_is_cut_at_the_same_length(
    conversation: Conversation, ollama: OllamaStandIn, settings: Settings
) -> None:
    settings.MAX_REPLY_LENGTH = 1_000
    ollama.done_reason = "length"
    reply = write(conversation, ollama, "a bc " * 150)
    services.continue_reply(reply=reply)
    write_reply(reply_id=reply.pk)
    reply.refresh_from_db()
    assert (reply.status, reply.content) == (MessageStatus.FAILED, "a bc " * 200)


def test_the_stream_in_valkey_ends_and_expires(conversation: Conversation) -> None:
    exchange = services.send_message(conversation=conversation, content="What is ATP?")
    write_reply(reply_id=exchange.reply.pk)
    key = f"reply:{exchange.reply.pk}"
    entries = buffer.entries_of(valkey_client().xread({key: "0"}))
    assert entries[-1].delta is None
    assert 0 < valkey_client().ttl(key) <= 60


def test_only_the_users_other_conversations_are_retrieved_and_cited(alice: User, conversation: Conversation) -> None:
    other = ConversationFactory(owner=alice, title="Cells")
    source = MessageFactory(conversation=other, content="Mitochondria make ATP by oxidative phosphorylation.")
    MessageFactory(conversation=ConversationFactory(), content="Mitochondria make ATP, says another user.")
    drain()
    exchange = services.send_message(conversation=conversation, content="How do mitochondria make ATP?")
    drain()
    write_reply(reply_id=exchange.reply.pk)
    reply = Message.objects.get(pk=exchange.reply.pk)
    assert [citation["message_id"] for citation in reply.citations] == [str(source.pk)]
    assert reply.citations[0]["number"] == 1
    assert reply.role == Role.ASSISTANT


@pytest.fixture
def sources(alice: User) -> list[Message]:
    """Two messages about bread, the first of which answers better."""
    texts = ["My sourdough bread needs twelve grams of salt.", "Sourdough bread of my aunt has caraway."]
    found: list[Message] = [MessageFactory(conversation__owner=alice, content=text) for text in texts]
    drain()
    return found


def ask(conversation: Conversation) -> Message:
    """A reply about bread, which is not written yet."""
    question = "How much salt does my sourdough bread need?"
    return services.send_message(conversation=conversation, content=question, provider="ollama", model=CHAT_MODEL).reply


def written(reply: Message) -> Message:
    write_reply(reply_id=reply.pk)
    reply.refresh_from_db()
    return reply


def cited(reply: Message) -> list[tuple[int, str]]:
    return [(citation["number"], citation["message_id"]) for citation in reply.citations]


def test_only_what_the_text_cites_is_a_citation(
    conversation: Conversation, sources: list[Message], ollama: OllamaStandIn
) -> None:
    ollama.reply = "Caraway [2], not `[1]` and not [7]."
    reply = written(ask(conversation))
    assert [(piece["number"], piece["id"], piece["cited"]) for piece in reply.context] == [
        (1, str(sources[0].pk), False),
        (2, str(sources[1].pk), True),
    ]
    assert cited(reply) == [(2, str(sources[1].pk))]


def test_the_context_is_stored_before_the_text_streams(
    conversation: Conversation, sources: list[Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    reply = ask(conversation)
    seen: list[int] = []

    def stream(**_: object) -> Iterator[str]:
        seen.append(len(Message.objects.get(pk=reply.pk).context))
        yield "Salt [1]."

    monkeypatch.setattr("chat.replies.writer.provider_for", lambda **_: SimpleNamespace(stream=stream))
    written(reply)
    assert seen == [2]


def test_a_failed_reply_cites_nothing(
    conversation: Conversation, sources: list[Message], ollama: OllamaStandIn, settings: Settings
) -> None:
    settings.MAX_REPLY_LENGTH = 20
    ollama.reply = "Salt [1]. And " + "so on " * 20
    reply = written(ask(conversation))
    assert (reply.status, cited(reply)) == (MessageStatus.FAILED, [])
    assert not any(piece["cited"] for piece in reply.context)


def test_a_stopped_reply_cites_what_its_text_cites(conversation: Conversation, sources: list[Message]) -> None:
    reply = ask(conversation)
    stored = [{"number": 1, "kind": "message", "id": str(sources[0].pk), "conversation_id": str(conversation.pk)}]
    Message.objects.filter(pk=reply.pk).update(
        context=[{**stored[0], "title": "Bread", "excerpt": "Salt", "reason": "", "cited": False}], content="Salt [1]"
    )
    reply.refresh_from_db()
    assert services.stop_reply(reply=reply).status == MessageStatus.STOPPED
    assert cited(Message.objects.get(pk=reply.pk)) == [(1, str(sources[0].pk))]


def test_a_continued_reply_keeps_its_numbers(
    conversation: Conversation, sources: list[Message], ollama: OllamaStandIn, settings: Settings
) -> None:
    """Its text so far cites [1]; what has become the best source since then gets another number."""
    ollama.reply = "Twelve grams [1]. "
    reply = written(ask(conversation))
    Message.objects.filter(pk=reply.pk).update(status=MessageStatus.STOPPED)
    newer = MessageFactory(
        conversation__owner=conversation.owner, content="How much salt my sourdough bread needs: eleven grams now."
    )
    drain()
    ollama.reply = "Now eleven [3]."
    services.continue_reply(reply=Message.objects.get(pk=reply.pk))
    written(reply)
    assert cited(reply) == [(1, str(sources[0].pk)), (3, str(newer.pk))]
