"""One thread per worker process that writes its replies out: to Valkey for readers, to PostgreSQL with heartbeats.

Each reply is received by a thread that waits for a model. With 200 replies, one round trip to Valkey per token and
thread would use up the CPU. So those threads only append text in RAM, and the flusher sends the text of all replies in
one round trip.
"""

import logging
import threading
import time
from collections.abc import Sequence
from uuid import UUID

from django.db import Error, connection
from redis import RedisError

from base.connections import release_connection
from base.logs.outages import log_failure
from base.postgresql.acting import acting_for_all_users
from chat.models import MessageStatus
from chat.replies import buffer
from chat.replies.buffer import Delta
from chat.replies.lifecycle import finish_reply

logger = logging.getLogger(__name__)

PUBLISH_EVERY = 0.06  # seconds between two deltas of one reply; 16 a second look continuous
# Each delta wakes a reader, so with many replies the deltas get larger: with 200 replies, seven a second.
PUBLISH_EVERY_PER_REPLY = 0.0007  # seconds
FLUSH_EVERY = 1.0  # seconds between two writes to PostgreSQL
VALKEY_RETRY_AFTER = 1.0  # seconds

# One statement for all replies: it stores the texts, renews the heartbeats, and reads which replies are to stop. A NULL
# leaves the text as it is.
_FLUSH_SQL = """
    UPDATE chat_message AS m SET content = COALESCE(v.content, m.content), heartbeat_at = clock_timestamp()
    FROM unnest(%s::uuid[], %s::text[]) AS v(id, content)
    WHERE m.id = v.id AND m.status = 'generating'
    RETURNING m.id, m.stop_requested
"""


class ActiveReply:
    """A reply that this process is writing, shared by its writer's thread, which appends, and the flusher's."""

    def __init__(self, reply_id: UUID, text: str) -> None:
        self.id = reply_id
        self.text = text
        # The user asked for a stop, or another process has ended the row: the writer stops reading from the model.
        self.stopped = threading.Event()
        # The flusher has ended the row. It may be running again ("continue"), so the writer must not touch it.
        self.ended = False
        self._waiting: list[str] = []
        self._lock = threading.Lock()
        self._flushed = len(text)

    def append(self, text: str) -> bool:
        """Add text for the flusher to write out. True when no other text was waiting."""
        with self._lock:
            self._waiting.append(text)
            return len(self._waiting) == 1

    def take(self) -> Delta | None:
        """The text appended since the last call."""
        with self._lock:
            if not self._waiting:
                return None
            delta = Delta(len(self.text), "".join(self._waiting))
            self._waiting.clear()
            self.text += delta.text
            return delta

    def unflushed(self) -> str | None:
        """The whole text, or None when PostgreSQL has it."""
        return None if self._flushed == len(self.text) else self.text

    def mark_flushed(self, text: str | None) -> None:
        self._flushed = self._flushed if text is None else len(text)


class ReplyFlusher:
    """Writes the active replies out, in a thread that starts with the first reply and ends after the last."""

    def __init__(self) -> None:
        self._replies: dict[UUID, ActiveReply] = {}
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self._flush_at = 0.0
        self._retry_valkey_at = 0.0

    def add(self, reply: ActiveReply) -> None:
        with self._lock:
            self._replies[reply.id] = reply
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="reply-flusher", daemon=True)
                self._thread.start()

    def remove(self, reply: ActiveReply) -> None:
        with self._lock:
            # After a stop and a "continue", a second writer may have added the same id.
            if self._replies.get(reply.id) is reply:
                del self._replies[reply.id]
        self._wake.set()

    def publish_now(self) -> None:
        """Publish without waiting for the next round, because the user is looking at an empty reply."""
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
                self._write_out(replies, began)
            except Exception:  # without this thread every reply would lose its heartbeat
                logger.exception("The flusher could not write %s replies out", len(replies))
            # A slow round is followed by a pause of the same length, so that writers get half of the time.
            self._wake.wait(max(PUBLISH_EVERY, PUBLISH_EVERY_PER_REPLY * len(replies), time.monotonic() - began))
            self._wake.clear()

    def _write_out(self, replies: Sequence[ActiveReply], now: float) -> None:
        self._publish(replies, now)
        if now >= self._flush_at:
            self._flush_at = now + FLUSH_EVERY
            self._flush(replies)

    def _publish(self, replies: Sequence[ActiveReply], now: float) -> None:
        deltas = [(reply.id, delta) for reply in replies if (delta := reply.take())]
        if not deltas or now < self._retry_valkey_at:
            return
        try:
            buffer.publish(deltas)
        except RedisError as error:
            # Readers notice the gap in the offsets and read the missing text from PostgreSQL.
            log_failure(f"{len(deltas)} replies continue in PostgreSQL", error)
            self._retry_valkey_at = time.monotonic() + VALKEY_RETRY_AFTER

    @acting_for_all_users("one statement stores the replies of all users that this process is writing")
    def _flush(self, replies: Sequence[ActiveReply]) -> None:
        texts = [reply.unflushed() for reply in replies]
        try:
            with connection.cursor() as cursor:
                cursor.execute(_FLUSH_SQL, [[reply.id for reply in replies], texts])
                stop_requested: dict[UUID, bool] = dict(cursor.fetchall())
            for reply, text in zip(replies, texts, strict=True):
                reply.mark_flushed(text)
                if stop_requested.get(reply.id, True):  # a row that was not updated has ended or is deleted
                    self._stop(reply)
        except Error as error:
            log_failure(f"{len(replies)} replies could not be flushed to PostgreSQL", error)
        finally:
            release_connection()

    def _stop(self, reply: ActiveReply) -> None:
        """End the reply here, because the writer may wait minutes for the next token of a silent model."""
        reply.stopped.set()
        reply.take()
        finish_reply(reply_id=reply.id, status=MessageStatus.STOPPED, content=reply.text)
        reply.ended = True
        self.remove(reply)


FLUSHER = ReplyFlusher()
