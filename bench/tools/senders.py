"""Sends messages at a steady rate beside other load, and measures when search finds them."""

import asyncio
import time
from uuid import uuid4

from bench.freshness import wait_until
from bench.tools.readers import request
from chat.models import Conversation
from search.queries import Mode, find

MEASURED = 10  # of so many messages one is searched for, because searching is load too
LOOK_EVERY = 0.02  # seconds


async def send_steadily(
    site: str, conversations: list[Conversation], token: str, *, a_second: float, until: asyncio.Event
) -> list[float]:
    """Send to one conversation after the other. Returns the milliseconds from a commit until search finds the text."""
    sends: list[asyncio.Task[float | None]] = []
    for number, conversation in enumerate(conversations):
        if until.is_set():
            break
        sends.append(asyncio.create_task(_send(site, conversation, token, measured=number % MEASURED == 0)))
        await asyncio.sleep(1 / a_second)
    return [took for took in await asyncio.gather(*sends) if took is not None]


async def _send(site: str, conversation: Conversation, token: str, *, measured: bool) -> float | None:
    word = f"beside{uuid4().hex}"
    address = f"{site}/api/chat/conversations/{conversation.pk}/messages"
    async with request(address, "POST", {"content": f"It is {word}."}, token) as lines:
        [_ async for _ in lines]
    return await asyncio.to_thread(_milliseconds_until_found, conversation, word) if measured else None


def _milliseconds_until_found(conversation: Conversation, word: str) -> float:
    """From the response, which follows the commit."""
    began, owner_id = time.perf_counter(), conversation.owner_id
    wait_until(
        lambda: bool(find(owner_id=owner_id, table="messages", query=word, mode=Mode.KEYWORD, limit=1).hits),
        every=LOOK_EVERY,
    )
    return (time.perf_counter() - began) * 1000
