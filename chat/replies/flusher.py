"""One thread per worker process that carries all its replies out: to Valkey, and to PostgreSQL with signs of life.

Replies are written by threads that wait for a model; at 200 of them, each talking to Valkey for every token
would leave no time for anything else. So they only put pieces down here, and one thread takes them along, in one
round trip for all replies.
"""

import logging
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import Error, connection
from redis import RedisError

from chat.models import MessageStatus
from chat.replies import buffer
from chat.replies.buffer import Piece
from chat.replies.lifecycle import finish_reply

logger = logging.getLogger(__name__)

TICK = 0.06  # seconds between two pieces of one reply: 16 a second read as fluent
# Every piece wakes a reader, so with many replies the pieces get larger: at 200, seven a second.
TICK_PER_REPLY = 0.0007
FLUSH = 1.0  # seconds between two writes to PostgreSQL
VALKEY_REST = 1.0  # seconds before Valkey is tried again after a failure

# One statement for all replies: the flush, the sign of life and the look for a stop. NULL leaves a text as it is.
_FLUSH_SQL = """
    UPDATE chat_message AS m SET content = COALESCE(v.content, m.content), heartbeat_at = clock_timestamp()
    FROM unnest(%s::uuid[], %s::text[]) AS v(id, content)
    WHERE m.id = v.id AND m.status = 'generating'
    RETURNING m.id, m.stop_requested
"""


class LiveReply:
    """A reply under way in this process: its writer adds pieces, the pulse takes them along."""

    def __init__(self, reply_id: UUID, text: str) -> None:
        self.id = reply_id
        self.text = text
        # Set when the person asked for a stop, or the row has ended without us: the writer gives up.
        self.stopped = threading.Event()
        # The row has its end, and may have begun anew since ("continue"): nothing of ours belongs there any more.
        self.ended = False
        self.citations: Sequence[Mapping[str, Any]] = ()
        self._waiting: list[str] = []
        self._lock = threading.Lock()
        self._flushed = len(text)

    def add(self, piece: str) -> bool:
        """Put a piece down; True when nothing of this reply was waiting."""
        with self._lock:
            self._waiting.append(piece)
            return len(self._waiting) == 1

    def take(self) -> Piece | None:
        """The pieces since the last call, as one."""
        with self._lock:
            if not self._waiting:
                return None
            piece = Piece(len(self.text), "".join(self._waiting))
            self._waiting.clear()
            self.text += piece.text
            return piece

    def unflushed(self) -> str | None:
        return None if self._flushed == len(self.text) else self.text

    def flushed(self, text: str | None) -> None:
        self._flushed = self._flushed if text is None else len(text)


class Pulse:
    """Runs while there are replies; the thread is made with the first and ends after the last."""

    def __init__(self) -> None:
        self._replies: dict[UUID, LiveReply] = {}
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self._flush_at = 0.0
        self._valkey_at = 0.0

    def join(self, live: LiveReply) -> None:
        with self._lock:
            self._replies[live.id] = live
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="pulse", daemon=True)
                self._thread.start()

    def leave(self, live: LiveReply) -> None:
        with self._lock:
            # Of a reply that was stopped and continued, a second writer may stand here by now.
            if self._replies.get(live.id) is live:
                del self._replies[live.id]
        self._wake.set()

    def hurry(self) -> None:
        """Carry what is waiting at once: for the first words of a reply, that somebody is staring at."""
        self._wake.set()

    def _run(self) -> None:
        while True:
            with self._lock:
                replies = list(self._replies.values())
                if not replies:
                    self._thread = None
                    return
            began = time.monotonic()
            try:
                self._beat(replies, began)
            except Exception:  # without this thread no reply would show a sign of life
                logger.exception("The pulse of the replies missed a beat")
            # When a beat takes long, half of the time still belongs to the writers.
            self._wake.wait(max(TICK, TICK_PER_REPLY * len(replies), time.monotonic() - began))
            self._wake.clear()

    def _beat(self, replies: Sequence[LiveReply], now: float) -> None:
        self._publish(replies, now)
        if now >= self._flush_at:
            self._flush_at = now + FLUSH
            self._flush(replies)

    def _publish(self, replies: Sequence[LiveReply], now: float) -> None:
        pieces = [(live.id, piece) for live in replies if (piece := live.take())]
        if not pieces or now < self._valkey_at:
            return
        try:
            buffer.publish(pieces)
        except RedisError as error:
            # Readers see the gap in the offsets and fill it from PostgreSQL.
            logger.warning("Valkey is away, replies go on in PostgreSQL: %s", error)
            self._valkey_at = time.monotonic() + VALKEY_REST

    def _flush(self, replies: Sequence[LiveReply]) -> None:
        texts = [live.unflushed() for live in replies]
        try:
            with connection.cursor() as cursor:
                cursor.execute(_FLUSH_SQL, [[live.id for live in replies], texts])
                stops: dict[UUID, bool] = dict(cursor.fetchall())
            for live, text in zip(replies, texts, strict=True):
                live.flushed(text)
                if stops.get(live.id, True):
                    _end(live)
        except Error as error:
            logger.warning("Replies could not be flushed: %s", error)
        finally:
            connection.close()


def _end(live: LiveReply) -> None:
    """Stop the reply here and now; its writer may wait for the next word of a silent model for minutes."""
    live.stopped.set()
    live.take()
    finish_reply(reply_id=live.id, status=MessageStatus.STOPPED, content=live.text, citations=live.citations)
    live.ended = True
    PULSE.leave(live)


PULSE = Pulse()
