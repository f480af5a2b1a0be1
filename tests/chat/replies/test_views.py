"""The HTML events that a browser receives while a reply is written."""

import asyncio
from collections.abc import AsyncGenerator
from typing import cast

import pytest
from django.http import StreamingHttpResponse
from django.test import AsyncClient, RequestFactory
from django.urls import reverse

from accounts.models import User
from base.http import Request
from chat.models import Message, MessageStatus
from chat.replies.buffer import Delta
from chat.replies.reader import End, Event, KeepAlive
from chat.replies.views import html_events
from tests.base.html.harmless import assert_harmless
from tests.factories import ConversationFactory, reply_pieces, reply_to
from tests.hostile import MARKUP

with_rows = pytest.mark.django_db(transaction=True)

# What the templates put around each block. Any other element with attributes would come from the text.
WRAPPERS = (
    '<div class="prose" dir="auto" hx-disable>',
    '<div sse-swap="text" hx-swap="grow settle:0ms">',
    '<div class="written" aria-live="polite">',
    '<div class="tail" aria-live="off">',
)


@pytest.fixture
def reply(alice: User) -> Message:
    return reply_to(ConversationFactory(owner=alice), content="One.\n\nTwo.")


@pytest.fixture
def request_of_alice(alice: User, rf: RequestFactory) -> Request:
    request = cast(Request, rf.get("/"))
    request.user = alice
    return request


def sent(request: Request, reply: Message, *events: Event) -> list[tuple[str, str]]:
    """The names and data of the HTML events for these events of the reply."""

    async def collect() -> list[str]:
        return [chunk async for chunk in html_events(request, reply.pk, _replayed(events))]

    return [parsed for chunk in asyncio.run(collect()) for parsed in events_in(chunk)]


async def _replayed(events: tuple[Event, ...]) -> AsyncGenerator[Event, None]:
    for event in events:
        yield event


def events_in(stream: str) -> list[tuple[str, str]]:
    found = []
    for block in stream.split("\n\n"):
        lines = [line.partition(": ")[::2] for line in block.split("\n")]
        name = next((value for field, value in lines if field == "event"), None)
        if name:
            found.append((name, "\n".join(value for field, value in lines if field == "data")))
    return found


def deltas(text: str, *ends: int) -> list[Delta]:
    starts = (0, *ends)
    return [Delta(start, text[start:end]) for start, end in zip(starts, (*ends, len(text)), strict=True)]


@with_rows
def test_finished_blocks_are_added_and_the_last_one_is_replaced(request_of_alice: Request, reply: Message) -> None:
    events = sent(request_of_alice, reply, *deltas("One.\n\nTwo.\n\nThree", 3, 8, 14), KeepAlive())
    assert [name for name, _ in events] == ["answer", "text", "text", "text"]
    parts = [data.partition('<div class="tail" aria-live="off">') for _name, data in events[1:]]
    assert [("One." in blocks, "Two." in blocks) for blocks, _, _ in parts] == [
        (True, False),
        (False, True),
        (False, False),
    ]
    assert "Three" in parts[-1][2]


@with_rows
def test_the_first_event_has_all_the_text_so_far(request_of_alice: Request, reply: Message) -> None:
    (name, html), *_ = sent(request_of_alice, reply, Delta(0, "One.\n\nTwo.\n\nThr"))
    assert name == "answer"
    assert html.index("One.") < html.index("Two.") < html.index('class="tail"') < html.index("Thr")


@with_rows
def test_at_the_end_the_server_sends_the_whole_message(request_of_alice: Request, reply: Message) -> None:
    events = sent(request_of_alice, reply, Delta(0, "One.\n\nTw"), End())
    assert [name for name, _ in events] == ["answer", "text", "done"]
    message = events[-1][1]
    assert f'id="message-{reply.pk}"' in message
    assert "Two." in message
    assert "Regenerate" in message
    assert 'id="composer-send" hx-swap-oob="true"' in message
    assert 'id="memory-used" hx-swap-oob="innerHTML"' in message


@with_rows
def test_a_citation_is_a_link_while_the_text_grows(request_of_alice: Request, reply: Message) -> None:
    """So the end of the reply moves no line."""
    reply.context = reply_pieces(request_of_alice.user, "Mitochondria")
    reply.save()
    text = "One [1].\n\nTwo [1]."
    events = sent(request_of_alice, reply, *deltas(text, 6, 12))
    assert [data.count('aria-label="Source 1"') for _name, data in events] == [0, 1, 1]


@with_rows
def test_a_failed_reply_ends_with_its_error(request_of_alice: Request, reply: Message) -> None:
    Message.objects.filter(pk=reply.pk).update(
        status=MessageStatus.FAILED, error={"code": "x", "detail": "<b>No</b> key."}
    )
    events = sent(request_of_alice, reply, Delta(0, "One."), End())
    assert events[-1][0] == "done"
    assert "&lt;b&gt;No&lt;/b&gt; key." in events[-1][1]


@pytest.mark.parametrize("text", MARKUP)
def test_hostile_text_is_harmless_wherever_the_stream_splits_it(rf: RequestFactory, text: str) -> None:
    request = cast(Request, rf.get("/"))
    for end in range(len(text)):
        for _name, html in sent(request, Message(), *deltas(f"A.\n\n{text}", end + 4)):
            assert_harmless(unwrapped(html))


def unwrapped(html: str) -> str:
    for wrapper in WRAPPERS:
        html = html.replace(wrapper, "<div>")
    return html


@with_rows
def test_a_finished_reply_ends_the_stream_immediately(alice: User, reply: Message) -> None:
    async def read() -> str:
        client = AsyncClient()
        await client.aforce_login(alice, "allauth.account.auth_backends.AuthenticationBackend")
        response = await client.get(reverse("chat:message-stream", args=[reply.pk]))
        assert response.headers["Content-Type"] == "text/event-stream"
        return "".join([chunk.decode() async for chunk in cast(StreamingHttpResponse, response)])

    events = events_in(asyncio.run(read()))
    assert [name for name, _ in events] == ["answer", "text", "done"]
