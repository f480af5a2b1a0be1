"""A body is cut off at its cap, whether its sender announces its length or not."""

from collections.abc import Sequence

from asgiref.sync import async_to_sync

from memoryloop.body_limit import BodyLimit, Message, Receive, Scope, Send


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Reads the body whole and answers how many bytes it had."""
    size, more = 0, True
    while more:
        message = await receive()
        size, more = size + len(message["body"]), message["more_body"]
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(size).encode()})


@async_to_sync
async def answer(chunks: Sequence[bytes], length: str = "") -> tuple[int, bytes]:
    headers = [(b"content-length", length.encode())] if length else []
    waiting = [
        {"type": "http.request", "body": chunk, "more_body": number < len(chunks)}
        for number, chunk in enumerate(chunks, start=1)
    ]
    sent: list[Message] = []

    async def receive() -> Message:
        return waiting.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    await BodyLimit(echo, most=10)({"type": "http", "headers": headers}, receive, send)
    return sent[0]["status"], sent[1]["body"]


def test_a_small_body_passes() -> None:
    assert answer([b"12345", b"67890"]) == (200, b"10")


def test_an_announced_length_above_the_cap_is_refused_unread() -> None:
    status, body = answer([b"1"], length="11")
    assert status == 413
    assert b"too-large" in body


def test_a_body_that_goes_on_is_cut_off() -> None:
    assert answer([b"12345"] * 3)[0] == 413


def test_an_absurd_length_breaks_nothing() -> None:
    assert answer([b"1"], length="-1") == (200, b"1")
    assert answer([b"1"], length="9" * 400)[0] == 413
