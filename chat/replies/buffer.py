"""The text of unfinished replies in Valkey: one stream per reply, each entry {at: offset in characters, text}.

An entry without text marks the end; the row in PostgreSQL has the outcome. Valkey never holds the only copy for
long: the text is flushed to PostgreSQL every second, and readers read from there while Valkey is down.
"""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from redis import RedisError

from base.connections import valkey_client
from base.logs.outages import log_failure

TTL_AFTER_END = 60  # seconds; for readers that reconnect
MAX_TTL = 3600  # seconds

_background = ThreadPoolExecutor(1, thread_name_prefix="buffer")


@dataclass(frozen=True)
class Delta:
    """Some text of a reply, and the offset in characters at which it begins."""

    at: int
    text: str

    @property
    def end(self) -> int:
        return self.at + len(self.text)

    def after(self, position: int) -> "Delta":
        """The part of this delta that comes after `position`."""
        return Delta(max(position, self.at), self.text[max(0, position - self.at) :])


@dataclass(frozen=True)
class Entry:
    """One entry of a reply's stream. `delta` is None for the entry that marks the end."""

    id: str
    delta: Delta | None


def key(reply_id: UUID) -> str:
    return f"reply:{reply_id}"


def publish(deltas: Iterable[tuple[UUID, Delta]]) -> None:
    """Append the deltas of many replies in one round trip. Raises RedisError while Valkey is down."""
    with valkey_client().pipeline(transaction=False) as pipe:
        for reply_id, delta in deltas:
            pipe.xadd(key(reply_id), {"at": delta.at, "text": delta.text})
            pipe.expire(key(reply_id), MAX_TTL)
        pipe.execute()


def clear(reply_id: UUID) -> None:
    """Delete the stream of an earlier run, so that a reply that is continued starts with an empty one."""
    try:
        valkey_client().delete(key(reply_id))
    except RedisError as error:
        log_failure(f"The stream of reply {reply_id} is not cleared", error)


def mark_ended(reply_id: UUID) -> None:
    """Tell the readers that the reply has ended and its row has the outcome."""
    try:
        with valkey_client().pipeline(transaction=False) as pipe:
            pipe.xadd(key(reply_id), {"end": "1"})
            pipe.expire(key(reply_id), TTL_AFTER_END)
            pipe.execute()
    except RedisError as error:
        log_failure(f"Readers learn the end of reply {reply_id} from its row", error)


def mark_ended_in_background(reply_id: UUID) -> None:
    _background.submit(mark_ended, reply_id)


def entries_of(response: Any) -> list[Entry]:
    """The entries in the response to XREAD of one stream, which redis-py does not type."""
    entries = response[0][1] if isinstance(response, list) and response else []
    return [_entry(entry_id, fields) for entry_id, fields in entries]


def _entry(entry_id: str, fields: Mapping[str, str]) -> Entry:
    return Entry(entry_id, Delta(int(fields["at"]), fields["text"]) if "text" in fields else None)


def recover_text(reply_id: UUID, content: str) -> str:
    """`content`, as the dead worker last flushed it, followed by the text that only the stream has."""
    try:
        entries = entries_of(valkey_client().xread({key(reply_id): "0"}))
    except RedisError as error:
        log_failure(f"Reply {reply_id} keeps the text in PostgreSQL", error)
        return content
    for entry in entries:
        if entry.delta is None or entry.delta.at > len(content):
            break
        content += entry.delta.after(len(content)).text
    return content
