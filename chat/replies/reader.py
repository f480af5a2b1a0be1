"""Following a reply while it is written: from Valkey while it is up, from PostgreSQL in any case."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass
from time import monotonic
from uuid import UUID

from asgiref.sync import sync_to_async
from django.db import OperationalError
from django.db.models.functions import Substr
from redis import RedisError

from base.connections import blocking_valkey_client, release_connection
from base.logs.outages import VALKEY, log_failure
from chat.models import Message, MessageStatus
from chat.replies import buffer
from chat.replies.buffer import Delta, Entry

CHECK_ROW_EVERY = 3.0  # seconds between two reads of the row, which also check that the reader may still read
VALKEY_RETRY_AFTER = 1.0  # seconds
GAP_PAUSE = 0.2  # seconds; text that Valkey lost is flushed to PostgreSQL within a second
MAX_CONNECTION_TIME = 300.0  # seconds; readers reconnect and resume
MAX_ENTRIES = 500  # per read from Valkey


@dataclass(frozen=True)
class KeepAlive:
    """No new text; the reply is still being written."""


@dataclass(frozen=True)
class End:
    """The reply has ended; its row has the outcome."""


Event = Delta | KeepAlive | End


@dataclass(frozen=True)
class ReplySnapshot:
    """The reply as PostgreSQL has it: `text` is what comes after the reader's position."""

    ended: bool
    text: str


async def follow(
    *, reply_id: UUID, position: int, allowed: Callable[[], bool], pace: float = 0.0
) -> AsyncGenerator[Event, None]:
    """The text of a reply after `position` (in characters), each character once, then `End`.

    Ends without an `End` when `allowed`, called every few seconds, returns False; when the reply is deleted; or after
    `MAX_CONNECTION_TIME`. After each delta from Valkey it pauses for `pace` seconds.
    """
    stream = BufferReader(reply_id)
    deadline = monotonic() + MAX_CONNECTION_TIME
    try:
        while snapshot := await _snapshot(reply_id, position, allowed):
            if snapshot.text:
                yield Delta(position, snapshot.text)
                position += len(snapshot.text)
            if snapshot.ended:
                yield End()
            if snapshot.ended or monotonic() > deadline:
                return
            check_at = monotonic() + CHECK_ROW_EVERY
            while (wait := check_at - monotonic()) > 0:
                delta = await stream.read(position, wait)
                if delta is None:
                    break
                if delta.text:
                    yield delta
                    position = delta.end
                    await asyncio.sleep(pace)
            else:
                yield KeepAlive()
    finally:
        await stream.close()


class BufferReader:
    """Reads the stream of one reply in Valkey, on a connection of its own."""

    def __init__(self, reply_id: UUID) -> None:
        self._reply_id = reply_id
        self._client = blocking_valkey_client()
        self._last = "0"

    async def read(self, position: int, wait: float) -> Delta | None:
        """The text after `position`, which may be empty after `wait` seconds. None: read the row now."""
        key = buffer.key(self._reply_id)
        try:
            # Valkey may hang instead of refusing, and then its own time limit, BLOCK, does not apply.
            async with asyncio.timeout(wait + 1):
                response = await self._client.xread({key: self._last}, count=MAX_ENTRIES, block=int(wait * 1000) + 1)
        except (RedisError, OSError, TimeoutError) as error:
            VALKEY.failed(f"a reader of {self._reply_id} continues in PostgreSQL", error)
            await self.close()
            self._client = blocking_valkey_client()
            await asyncio.sleep(VALKEY_RETRY_AFTER)
            return None
        return await self._joined(buffer.entries_of(response), position)

    async def _joined(self, entries: Sequence[Entry], position: int) -> Delta | None:
        """The entries as one delta, up to the end of the reply or to a gap in the offsets."""
        joined = Delta(position, "")
        for entry in entries:
            if entry.delta is None:
                self._last = entry.id
                return joined if joined.text else None
            if entry.delta.at > joined.end:
                await asyncio.sleep(GAP_PAUSE)
                return joined if joined.text else None
            self._last = entry.id
            joined = Delta(position, joined.text + entry.delta.after(joined.end).text)
        return joined

    async def close(self) -> None:
        # Closing a tab cancels the view; `shield` closes the connection all the same.
        await asyncio.shield(self._client.aclose())


@sync_to_async(thread_sensitive=False)
def _snapshot(reply_id: UUID, position: int, allowed: Callable[[], bool]) -> ReplySnapshot | None:
    """None when the reader has lost access, or the reply or its conversation is deleted."""
    try:
        if not allowed():
            return None
        replies = Message.objects.accessible().filter(pk=reply_id)
        row = replies.values_list("status", Substr("content", position + 1)).first()
        return ReplySnapshot(row[0] != MessageStatus.GENERATING, row[1]) if row else None
    except OperationalError as error:
        log_failure(f"A reader of {reply_id} continues in Valkey", error)
        return ReplySnapshot(ended=False, text="")
    finally:
        release_connection()  # a stream lasts minutes, and there are more streams than connections
