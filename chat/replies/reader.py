"""Following a reply that is being written: out of Valkey while it is there, out of PostgreSQL always."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from time import monotonic
from uuid import UUID

from asgiref.sync import sync_to_async
from django.db import OperationalError
from django.db.models.functions import Substr
from redis import RedisError

from base.connections import blocking_valkey_client, release_connection
from chat.models import Message, MessageStatus
from chat.replies import buffer
from chat.replies.buffer import Piece

logger = logging.getLogger(__name__)

LOOK_EVERY = 3.0  # seconds between two looks at the row and at the reader's rights
WITHOUT_VALKEY = 1.0  # seconds between two looks while Valkey is away
GAP_PAUSE = 0.2  # seconds; what Valkey lost is in PostgreSQL a second later
LONGEST_CONNECTION = 300.0  # seconds; readers come back and go on where they were
AT_ONCE = 500  # entries per read


@dataclass(frozen=True)
class Beat:
    """Nothing new, the reply is still being written."""


@dataclass(frozen=True)
class End:
    """The reply has ended; its row says how."""


Event = Piece | Beat | End


@dataclass(frozen=True)
class Row:
    """What PostgreSQL knows of a reply behind a position."""

    ended: bool
    text: str


async def follow(
    *, reply_id: UUID, position: int, allowed: Callable[[], bool], pace: float = 0.0
) -> AsyncGenerator[Event, None]:
    """The text of a reply from `position` (in characters) on, each character once, then its end.

    Ends without an `End` when the reader may not read on (`allowed` is asked every few seconds), when the reply is
    gone, or after `LONGEST_CONNECTION`. Between two pieces lie at least `pace` seconds.
    """
    tail = Tail(reply_id)
    until = monotonic() + LONGEST_CONNECTION
    try:
        while row := await _look(reply_id, position, allowed):
            if row.text:
                yield Piece(position, row.text)
                position += len(row.text)
            if row.ended:
                yield End()
            if row.ended or monotonic() > until:
                return
            look_at = monotonic() + LOOK_EVERY
            while (wait := look_at - monotonic()) > 0:
                piece = await tail.read(position, wait)
                if piece is None:
                    break
                if piece.text:
                    yield piece
                    position = piece.end
                    await asyncio.sleep(pace)
            else:
                yield Beat()
    finally:
        await tail.close()


class Tail:
    """The live end of a reply, on a connection of its own."""

    def __init__(self, reply_id: UUID) -> None:
        self._key = buffer.key(reply_id)
        self._client = blocking_valkey_client()
        self._last = "0"

    async def read(self, position: int, wait: float) -> Piece | None:
        """What follows `position`, maybe nothing within `wait` seconds; None when it is time to look at the row."""
        try:
            # Valkey may hang rather than refuse; its own limit is the BLOCK.
            async with asyncio.timeout(wait + 1):
                answer = await self._client.xread({self._key: self._last}, count=AT_ONCE, block=int(wait * 1000) + 1)
        except (RedisError, OSError, TimeoutError) as error:
            logger.warning("Valkey is away, a reader goes on in PostgreSQL: %s", error)
            await self.close()
            self._client = blocking_valkey_client()
            await asyncio.sleep(WITHOUT_VALKEY)
            return None
        return await self._joined(buffer.entries_of(answer), position)

    async def _joined(self, entries: list[buffer.Entry], position: int) -> Piece | None:
        joined = Piece(position, "")
        for entry in entries:
            if entry.piece is None:
                self._last = entry.id
                return joined if joined.text else None
            if entry.piece.at > joined.end:
                await asyncio.sleep(GAP_PAUSE)
                return joined if joined.text else None
            self._last = entry.id
            joined = Piece(position, joined.text + entry.piece.after(joined.end).text)
        return joined

    async def close(self) -> None:
        # Shielded: a closed tab cancels the view, and the connection must go all the same.
        await asyncio.shield(self._client.aclose())


@sync_to_async(thread_sensitive=False)
def _look(reply_id: UUID, position: int, allowed: Callable[[], bool]) -> Row | None:
    try:
        if not allowed():
            return None
        replies = Message.objects.filter(pk=reply_id, conversation__deleted_at=None)
        found = replies.values_list("status", Substr("content", position + 1)).first()
        return Row(found[0] != MessageStatus.GENERATING, found[1]) if found else None
    except OperationalError as error:
        logger.warning("PostgreSQL is away, a reader goes on in Valkey: %s", error)
        return Row(ended=False, text="")
    finally:
        release_connection()  # a stream lasts minutes, and there are more streams than connections
