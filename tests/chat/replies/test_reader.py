"""Readers get each character once, wherever they start and whichever server is down in the meantime."""

import pytest
import requests
from django.utils import timezone

from accounts.models import User
from base.connections import valkey_client
from chat import services
from chat.models import Conversation, Message, MessageStatus
from chat.replies import buffer
from chat.replies.buffer import Delta
from chat.replies.lifecycle import finish_reply
from tests.chat.reading import Program, events, program_of, text_of
from tests.factories import ConversationFactory
from tests.processes import Site

pytestmark = pytest.mark.django_db(transaction=True)

TEXT = "Zwölf Boxkämpfer 😀 jagen\n\nEva 中文."


@pytest.fixture
def conversation(alice: User) -> Conversation:
    return ConversationFactory(owner=alice)


@pytest.fixture
def reply(conversation: Conversation) -> Message:
    """A reply that a worker has claimed: this test."""
    reply = services.send_message(conversation=conversation, content="Hello").reply
    Message.objects.filter(pk=reply.pk).update(heartbeat_at=timezone.now())
    return reply


@pytest.fixture
def program(alice: User, shared_site: Site) -> Program:
    return program_of(alice, shared_site)


def write(reply: Message, text: str, *, stored: int = 0) -> None:
    """Publish the text to Valkey, two characters a delta, and store the first `stored` characters in PostgreSQL."""
    buffer.publish([(reply.pk, Delta(at, text[at : at + 2])) for at in range(0, len(text), 2)])
    Message.objects.filter(pk=reply.pk).update(content=text[:stored])


def finish(reply: Message, text: str = TEXT, status: MessageStatus = MessageStatus.COMPLETE) -> None:
    finish_reply(reply_id=reply.pk, status=status, content=text)


def test_a_finished_reply_replays_from_every_offset(reply: Message, program: Program) -> None:
    finish(reply)
    for after in range(len(TEXT) + 1):
        received = list(program.follow(reply.pk, after))
        assert text_of(received) == TEXT[after:]
        assert (received[-1].name, received[-1].id) == ("done", len(TEXT))
        assert received[-1].data["message"]["content"] == TEXT


def test_an_unfinished_reply_resumes_from_every_offset(reply: Message, program: Program) -> None:
    write(reply, TEXT[:20], stored=7)
    for after in range(20):
        stream = program.follow(reply.pk, after)
        received = ""
        while len(received) < 20 - after:
            received += next(stream).data["text"]
        assert received == TEXT[after:20]
        stream.close()


def test_a_waiting_reader_receives_the_end(reply: Message, program: Program) -> None:
    write(reply, TEXT[:10])
    stream = program.follow(reply.pk)
    first = next(stream)
    finish(reply)
    received = [first, *stream]
    assert text_of(received) == TEXT
    assert received[-1].name == "done"


def test_a_failed_reply_ends_with_an_error(reply: Message, program: Program) -> None:
    write(reply, "So far")
    finish_reply(
        reply_id=reply.pk, status=MessageStatus.FAILED, content="So far", error={"code": "x", "detail": "Try again."}
    )
    received = list(program.follow(reply.pk))
    assert text_of(received) == "So far"
    assert received[-1].name == "error"
    assert received[-1].data["message"]["error"] == {"code": "x", "detail": "Try again."}


def test_text_that_valkey_lost_comes_from_postgresql(reply: Message, program: Program) -> None:
    write(reply, TEXT[:10])
    stream = program.follow(reply.pk)
    received = [next(stream)]
    valkey_client().flushdb()
    buffer.publish([(reply.pk, Delta(16, TEXT[16:20]))])
    Message.objects.filter(pk=reply.pk).update(content=TEXT[:18])
    while len(text_of(received)) < 20:
        received.append(next(stream))
    finish(reply)
    received += stream
    assert text_of(received) == TEXT


def test_a_position_beyond_the_end_is_not_an_error(reply: Message, program: Program) -> None:
    finish(reply)
    received = list(program.follow(reply.pk, 10_000))
    assert [event.name for event in received] == ["done"]


def test_the_position_may_be_a_parameter_of_the_url(reply: Message, program: Program) -> None:
    finish(reply)
    address = f"{program.site.url}/api/chat/messages/{reply.pk}/stream?after=5"
    with requests.get(address, headers=program.headers, stream=True, timeout=10) as response:
        assert text_of(list(events(response))) == TEXT[5:]


def test_a_stranger_gets_404(reply: Message, mallory: User, shared_site: Site) -> None:
    assert program_of(mallory, shared_site).open_stream(reply.pk).status_code == 404


def test_a_stream_is_neither_cached_nor_buffered(reply: Message, program: Program) -> None:
    finish(reply)
    with program.open_stream(reply.pk) as response:
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["X-Accel-Buffering"] == "no"
        assert response.headers["Content-Type"] == "text/event-stream"


def test_more_streams_are_open_than_there_are_connections(reply: Message, program: Program) -> None:
    write(reply, TEXT[:10])
    streams = [program.follow(reply.pk) for _ in range(20)]  # the site's pool has eight
    assert all(next(stream).data["text"] for stream in streams)
    finish(reply)
    assert {text_of(list(stream))[-5:] for stream in streams} == {TEXT[-5:]}


@pytest.mark.parametrize("change", ["suspended", "token", "conversation"])
def test_a_stream_ends_soon_after_the_reader_loses_access(
    reply: Message, program: Program, alice: User, conversation: Conversation, change: str
) -> None:
    write(reply, TEXT[:10])
    stream = program.follow(reply.pk)
    next(stream)
    if change == "suspended":
        User.objects.filter(pk=alice.pk).update(is_active=False)
    elif change == "token":
        alice.api_tokens.all().delete()
    else:
        services.delete_conversation(conversation=conversation, at=timezone.now())
    began = timezone.now()
    assert "done" not in [event.name for event in stream]
    assert (timezone.now() - began).total_seconds() < 8
