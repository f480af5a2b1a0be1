"""Sends messages at a steady rate beside other load."""

import asyncio

from bench.tools.readers import request
from chat.models import Conversation


async def send_steadily(
    site: str, conversations: list[Conversation], token: str, *, a_second: float, until: asyncio.Event
) -> None:
    """Send to one conversation after the other."""
    sends: list[asyncio.Task[None]] = []
    for conversation in conversations:
        if until.is_set():
            break
        sends.append(asyncio.create_task(_send(site, conversation, token)))
        await asyncio.sleep(1 / a_second)
    await asyncio.gather(*sends)


async def _send(site: str, conversation: Conversation, token: str) -> None:
    address = f"{site}/api/chat/conversations/{conversation.pk}/messages"
    async with request(address, "POST", {"content": "Bread needs salt, and so does the sea."}, token) as lines:
        [_ async for _ in lines]
