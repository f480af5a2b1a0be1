from uuid import uuid4

from chat.replies.buffer import Delta
from chat.replies.flusher import ActiveReply


def test_appended_text_is_taken_as_one_delta() -> None:
    reply = ActiveReply(uuid4(), "One ")
    assert reply.append("two ")
    assert not reply.append("three")
    assert reply.take() == Delta(4, "two three")
    assert reply.take() is None
    assert reply.text == "One two three"


def test_only_text_that_postgresql_lacks_is_unflushed() -> None:
    reply = ActiveReply(uuid4(), "One")
    assert reply.unflushed() is None
    reply.append(" two")
    reply.take()
    text = reply.unflushed()
    assert text == "One two"
    reply.append(" three")
    reply.take()
    reply.mark_flushed(text)
    assert reply.unflushed() == "One two three"
