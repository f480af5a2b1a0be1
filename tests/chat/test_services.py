from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from uuid import UUID

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from base.connections import release_connection
from base.errors import Conflict
from base.postgresql.acting import keep_acting
from chat import services
from chat.errors import (
    AnswerTooLong,
    EmptyMessage,
    MessageTooLong,
    NothingToContinue,
    NotTheLastReply,
    ReplyInProgress,
    TooManyConversations,
    TooManyReplies,
)
from chat.models import MAX_MESSAGE_LENGTH, Conversation, Message, MessageStatus, Role
from chat.replies import buffer
from search.models import OutboxEntry
from tests.factories import ConversationFactory, MessageFactory, reply_to

NOW = timezone.now()


@pytest.fixture
def conversation(alice: User) -> Conversation:
    return ConversationFactory(owner=alice, title="")


def marked() -> list[object]:
    return list(OutboxEntry.objects.order_by("pk").values_list("entity_id", flat=True))


def test_a_send_stores_the_message_the_empty_reply_and_the_outbox_row(conversation: Conversation) -> None:
    exchange = services.send_message(conversation=conversation, content="What is ATP?")
    message, reply = conversation.messages.in_order()
    assert (exchange.message, exchange.reply) == (message, reply)
    assert (message.role, message.content, message.status) == (Role.USER, "What is ATP?", MessageStatus.COMPLETE)
    assert (reply.role, reply.content, reply.status) == (Role.ASSISTANT, "", MessageStatus.GENERATING)
    assert (reply.in_reply_to, reply.provider) == (message, conversation.provider)
    assert marked() == [message.pk]


def test_a_first_message_gives_the_conversation_its_title(conversation: Conversation) -> None:
    services.send_message(conversation=conversation, content="# What is ATP?\n\nIn one line.")
    conversation.refresh_from_db()
    assert conversation.title == "What is ATP?"


def test_a_send_moves_the_conversation_to_the_front(alice: User, conversation: Conversation) -> None:
    ConversationFactory(owner=alice)
    services.send_message(conversation=conversation, content="Hello")
    assert alice.conversations.alive().newest_first()[0] == conversation


def test_a_second_send_while_a_reply_is_written_is_refused(conversation: Conversation) -> None:
    services.send_message(conversation=conversation, content="One")
    with pytest.raises(ReplyInProgress):
        services.send_message(conversation=conversation, content="Two")
    assert conversation.messages.count() == 2


def test_a_user_has_a_limit_of_unfinished_replies(alice: User, settings: Settings) -> None:
    settings.REPLIES_AT_ONCE = 2
    for _ in range(2):
        services.send_message(conversation=ConversationFactory(owner=alice), content="Hello")
    with pytest.raises(TooManyReplies):
        services.send_message(conversation=ConversationFactory(owner=alice), content="Hello")
    services.send_message(conversation=ConversationFactory(), content="Another user's")


@pytest.mark.django_db(transaction=True)
def test_of_sixty_sends_at_the_same_time_exactly_as_many_are_accepted_as_are_allowed(alice: User) -> None:
    conversations = ConversationFactory.create_batch(60, owner=alice)

    def send(conversation: Conversation) -> str:
        try:
            services.send_message(conversation=conversation, content="Hello")
        except TooManyReplies:
            return "refused"
        finally:
            release_connection()
        return "sent"

    with ThreadPoolExecutor(60) as pool:
        outcomes = list(pool.map(keep_acting(send), conversations))
    assert (outcomes.count("sent"), outcomes.count("refused")) == (10, 50)
    assert Message.objects.filter(status=MessageStatus.GENERATING).count() == 10


@pytest.mark.parametrize("content", ["", "  \n\t "])
def test_an_empty_message_is_refused(conversation: Conversation, content: str) -> None:
    with pytest.raises(EmptyMessage):
        services.send_message(conversation=conversation, content=content)


def test_the_longest_message_is_stored_and_a_longer_one_refused(conversation: Conversation) -> None:
    with pytest.raises(MessageTooLong):
        services.send_message(conversation=conversation, content="a" * (MAX_MESSAGE_LENGTH + 1))
    exchange = services.send_message(conversation=conversation, content="ä" * MAX_MESSAGE_LENGTH)
    exchange.message.refresh_from_db()
    assert exchange.message.content == "ä" * MAX_MESSAGE_LENGTH


def test_characters_that_postgresql_rejects_are_replaced(conversation: Conversation) -> None:
    exchange = services.send_message(conversation=conversation, content="a\0b\ud800c")
    exchange.message.refresh_from_db()
    assert exchange.message.content == "a\ufffdb\ufffdc"


def test_a_send_takes_six_queries(
    conversation: Conversation, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    # The savepoint and its release (BEGIN and COMMIT in production), the conversation, the limit, two rows, the outbox.
    with django_assert_num_queries(6):
        services.send_message(conversation=conversation, content="Hello")


def test_stopping_an_unclaimed_reply_ends_it_immediately(conversation: Conversation) -> None:
    reply = services.send_message(conversation=conversation, content="Hello").reply
    assert services.stop_reply(reply=reply).status == MessageStatus.STOPPED


@pytest.mark.django_db(transaction=True)
def test_stopping_an_unclaimed_reply_does_not_wait_for_valkey(
    conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    returned, told = Event(), Event()

    def mark_ended(reply_id: UUID) -> None:
        if returned.wait(30):
            told.set()

    monkeypatch.setattr(buffer, "mark_ended", mark_ended)
    reply = services.send_message(conversation=conversation, content="Hello").reply
    assert services.stop_reply(reply=reply).status == MessageStatus.STOPPED
    assert not told.is_set()
    returned.set()
    assert told.wait(10)


def test_stopping_a_claimed_reply_asks_its_worker(conversation: Conversation) -> None:
    reply = services.send_message(conversation=conversation, content="Hello").reply
    Message.objects.filter(pk=reply.pk).update(heartbeat_at=NOW)
    services.stop_reply(reply=reply)
    reply.refresh_from_db()
    assert (reply.status, reply.stop_requested) == (MessageStatus.GENERATING, True)


def test_stopping_a_finished_reply_changes_nothing(conversation: Conversation) -> None:
    reply = reply_to(conversation, content="Done")
    assert services.stop_reply(reply=reply).status == MessageStatus.COMPLETE


def test_regenerating_replaces_the_old_reply_with_a_new_one(conversation: Conversation) -> None:
    old = reply_to(conversation, content="Old")
    fresh = services.regenerate_reply(reply=old)
    old.refresh_from_db()
    assert old.superseded
    assert (fresh.status, fresh.in_reply_to_id) == (MessageStatus.GENERATING, old.in_reply_to_id)
    assert [row.pk for row in conversation.messages.alive().in_order()] == [old.in_reply_to_id, fresh.pk]
    assert old.pk in marked()


def test_only_the_last_reply_is_regenerated_or_continued(conversation: Conversation) -> None:
    first = reply_to(conversation)
    reply_to(conversation)
    with pytest.raises(NotTheLastReply):
        services.regenerate_reply(reply=first)
    with pytest.raises(NotTheLastReply):
        services.continue_reply(reply=first)


def test_a_failed_reply_is_continued_with_the_text_it_has(conversation: Conversation) -> None:
    reply = reply_to(conversation, content="So far", status=MessageStatus.FAILED, error={"code": "x", "detail": "y"})
    reply = services.continue_reply(reply=reply)
    assert (reply.content, reply.status, reply.error) == ("So far", MessageStatus.GENERATING, None)


def test_a_complete_reply_is_not_continued(conversation: Conversation) -> None:
    with pytest.raises(NothingToContinue):
        services.continue_reply(reply=reply_to(conversation))


def test_a_reply_of_the_longest_length_is_not_continued(conversation: Conversation, settings: Settings) -> None:
    settings.MAX_REPLY_LENGTH = 5
    reply = reply_to(conversation, content="12345", status=MessageStatus.FAILED)
    with pytest.raises(AnswerTooLong):
        services.continue_reply(reply=reply)
    reply.refresh_from_db()
    assert reply.status == MessageStatus.FAILED


def test_a_change_leaves_the_other_fields_as_they_are(conversation: Conversation) -> None:
    services.change_conversation(conversation=conversation, title="ATP", pinned=True)
    conversation.refresh_from_db()
    assert (conversation.title, conversation.pinned, conversation.use_memory) == ("ATP", True, True)


def test_deleting_hides_a_conversation_and_undo_restores_it(alice: User, conversation: Conversation) -> None:
    message = MessageFactory(conversation=conversation)
    OutboxEntry.objects.all().delete()
    services.delete_conversation(conversation=conversation, at=NOW)
    assert not alice.conversations.alive().exists()
    assert marked() == [message.pk]
    services.restore_conversation(conversation=conversation)
    assert alice.conversations.alive().exists()
    assert marked() == [message.pk, message.pk]


def test_deleting_stops_the_unfinished_reply(conversation: Conversation) -> None:
    reply = services.send_message(conversation=conversation, content="Hello").reply
    services.delete_conversation(conversation=conversation, at=NOW)
    reply.refresh_from_db()
    assert reply.stop_requested


def test_a_deleted_conversation_is_purged_after_the_undo_time(conversation: Conversation) -> None:
    reply_to(conversation)
    services.delete_conversation(conversation=conversation, at=NOW)
    services.purge_conversations(at=NOW + timedelta(seconds=30))
    assert Conversation.objects.filter(pk=conversation.pk).exists()
    services.purge_conversations(at=NOW + timedelta(seconds=90))
    assert not Message.objects.exists()
    with pytest.raises(Conflict):
        services.restore_conversation(conversation=conversation)


def test_opening_a_conversation_sends_its_first_message(alice: User) -> None:
    exchange = services.open_conversation(owner=alice, content="What is ATP?")
    assert alice.conversations.get().title == "What is ATP?"
    assert exchange.reply.conversation.owner == alice


def test_a_user_creates_only_so_many_conversations_in_a_minute(alice: User, mallory: User, settings: Settings) -> None:
    settings.CONVERSATIONS_PER_MINUTE = 3
    for _ in range(3):
        services.start_conversation(owner=alice)
    with pytest.raises(TooManyConversations) as raised:
        services.open_conversation(owner=alice, content="One more")
    assert raised.value.retry_after in range(1, 61)
    assert alice.conversations.count() == 3
    services.start_conversation(owner=mallory)


def test_a_refused_first_message_leaves_no_conversation(alice: User) -> None:
    with pytest.raises(EmptyMessage):
        services.open_conversation(owner=alice, content=" ")
    assert not alice.conversations.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_sends_at_once_one_is_refused(conversation: Conversation) -> None:
    def send(number: int) -> str:
        try:
            services.send_message(conversation=conversation, content=f"Number {number}")
        except ReplyInProgress:
            return "refused"
        finally:
            release_connection()
        return "sent"

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(keep_acting(send), range(8)))
    assert sorted(outcomes) == ["refused"] * 7 + ["sent"]
    assert conversation.messages.count() == 2
