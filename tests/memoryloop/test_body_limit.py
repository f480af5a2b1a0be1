"""A body that is too large is rejected, with or without a Content-Length header."""

from collections.abc import Sequence

from asgiref.sync import async_to_sync

from memoryloop.body_limit import BodyLimit, Message, Receive, Scope, Send


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Respond with the number of bytes in the body."""
    size, more = 0, True
    while more:
        message = await receive()
        size, more = size + len(message["body"]), message["more_body"]
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(size).encode()})


@async_to_sync
async def send_body(chunks: Sequence[bytes], length: str = "") -> tuple[int, bytes]:
    headers = [(b"content-length", length.encode())] if length else []
    messages = [
        {"type": "http.request", "body": chunk, "more_body": number < len(chunks)}
        for number, chunk in enumerate(chunks, start=1)
    ]
    sent: list[Message] = []

    async def receive() -> Message:
        return messages.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    await BodyLimit(echo, limit=10)({"type": "http", "headers": headers}, receive, send)
    return sent[0]["status"], sent[1]["body"]


def test_a_small_body_is_accepted() -> None:
    assert send_body([b"12345", b"67890"]) == (200, b"10")


def test_a_content_length_above_the_limit_is_rejected_before_reading() -> None:
    status, body = send_body([b"1"], length="11")
    assert status == 413
    assert b"too-large" in body


def test_a_body_that_exceeds_the_limit_while_read_is_rejected() -> None:
    assert send_body([b"12345"] * 3)[0] == 413


def test_an_absurd_content_length_is_handled() -> None:
    assert send_body([b"1"], length="-1") == (200, b"1")
    assert send_body([b"1"], length="9" * 400)[0] == 413
