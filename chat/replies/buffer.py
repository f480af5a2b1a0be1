"""The text of replies under way, in Valkey: one stream per reply, each entry {at: offset in characters, text}.

An entry without text is the end: the row says what end. Nothing is kept only here; with Valkey away
writers go on in PostgreSQL and readers find it there, a second later.
"""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from redis import RedisError

from base.connections import valkey_client

logger = logging.getLogger(__name__)

# Streams outlive their reply by the time a reader may need to come back to it; a forgotten one goes after an hour.
AFTER_END, AT_MOST = 60, 3600  # seconds


@dataclass(frozen=True)
class Piece:
    """Text of a reply and the offset, in characters, at which it begins."""

    at: int
    text: str

    @property
    def end(self) -> int:
        return self.at + len(self.text)

    def after(self, position: int) -> "Piece":
        """What lies behind `position`."""
        return Piece(max(position, self.at), self.text[max(0, position - self.at) :])


@dataclass(frozen=True)
class Entry:
    """One entry of a reply's stream; without a piece it is the end."""

    id: str
    piece: Piece | None


def key(reply_id: UUID) -> str:
    return f"reply:{reply_id}"


def publish(pieces: Iterable[tuple[UUID, Piece]]) -> None:
    """Append pieces of many replies in one round trip; `RedisError` when Valkey is away."""
    with valkey_client().pipeline(transaction=False) as pipe:
        for reply_id, piece in pieces:
            pipe.xadd(key(reply_id), {"at": piece.at, "text": piece.text})
            pipe.expire(key(reply_id), AT_MOST)
        pipe.execute()


def forget(reply_id: UUID) -> None:
    """Begin anew, as a reply that is continued does: offsets of a former run must not be read as this one's."""
    try:
        valkey_client().delete(key(reply_id))
    except RedisError as error:
        logger.warning("Valkey is away: %s", error)


def close(reply_id: UUID) -> None:
    """Tell the readers to look at the row: the reply has ended."""
    try:
        with valkey_client().pipeline(transaction=False) as pipe:
            pipe.xadd(key(reply_id), {"end": "1"})
            pipe.expire(key(reply_id), AFTER_END)
            pipe.execute()
    except RedisError as error:
        logger.warning("Valkey is away: %s", error)


def entries_of(answer: Any) -> list[Entry]:
    """The entries in what XREAD of one stream answered; redis-py leaves its type open."""
    found = answer[0][1] if isinstance(answer, list) and answer else []
    return [_entry(entry_id, fields) for entry_id, fields in found]


def _entry(entry_id: str, fields: Mapping[str, str]) -> Entry:
    return Entry(entry_id, Piece(int(fields["at"]), fields["text"]) if "text" in fields else None)


def complete(reply_id: UUID, content: str) -> str:
    """`content`, flushed a second before its writer died, and what Valkey has beyond it."""
    try:
        entries = entries_of(valkey_client().xread({key(reply_id): "0"}))
    except RedisError as error:
        logger.warning("Valkey is away: %s", error)
        return content
    for entry in entries:
        if entry.piece is None or entry.piece.at > len(content):
            break
        content += entry.piece.after(len(content)).text
    return content
