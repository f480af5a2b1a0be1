"""The text by which search finds a record. Pure."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from memories.records.readable import (
    MAX_TEXT,
    is_ticket,
    names_id,
    names_time,
    readable_number,
    readable_text,
    words_of_key,
)
from memories.records.values import MAX_DEPTH

MAX_LENGTH = 20_000  # characters
_LONG_TEXT = 60  # characters; a longer text says by itself what it is about
_LONG_LINE = 300  # characters of a line that lists short values
_MAX_NUMBERS = 16  # in one list; more are a measurement or an embedding
# Keys that say nothing by themselves: the key above names what is below them.
_SILENT = {
    *("value", "values", "val", "text", "content", "contents", "data", "body", "string", "raw", "item", "items"),
    *("entry", "entries", "list", "result", "results", "payload", "fields", "attributes", "properties"),
}
_NAMES = {"name", "label", "title"}  # the same, but they stay if there is no key above
_PAIR_KEYS, _PAIR_VALUES = ("key", "name", "k"), ("value", "val", "v")


def searchable_text(record: Mapping[str, Any]) -> str:
    """The values of the record in reading order, a line each, with the nearest key where it helps.

    No line is repeated. Left out are keys without a value, ids, hashes, encoded data, and long lists of numbers.
    """
    lines: dict[str, None] = {}
    length = 0
    for line in _lines(record, _Place("", "", 0)):
        if line not in lines:
            lines[line] = None
            length += len(line) + 1
        if length > MAX_LENGTH:
            break
    return "\n".join(lines)[:MAX_LENGTH].rstrip()


class _Place(NamedTuple):
    """Where a value is: its key, and the words of the nearest key that says something."""

    words: str
    key: str
    depth: int

    def below(self, key: str) -> "_Place":
        own = words_of_key(key)
        if own.lower() in _SILENT or (own.lower() in _NAMES and self.words):
            own = ""
        return _Place(own or self.words, key, self.depth + 1)

    def named(self, text: str) -> str:
        return f"{self.words}: {text}" if self.words else text


def _lines(value: object, place: _Place) -> Iterator[str]:
    if place.depth > MAX_DEPTH:
        return
    if isinstance(value, str):
        value = _unpacked(value)
    if isinstance(value, Mapping):
        for key, item in _members(value):
            yield from _lines(item, place.below(key))
    elif isinstance(value, list):
        yield from _lines_of_list(value, place)
    elif text := _readable(value, place.key):
        yield place.named(text) if _is_short(text) else text


def _members(value: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    """The keys and values; {"key": "region", "value": "eu"} is written as {"region": "eu"}."""
    if len(value) == len(("key", "value")):
        keys = {key.lower(): key for key in value}
        name = next((value[keys[key]] for key in _PAIR_KEYS if key in keys), None)
        content = next((keys[key] for key in _PAIR_VALUES if key in keys), None)
        if content and isinstance(name, str) and words_of_key(name):
            return [(name, value[content])]
    return value.items()


def _lines_of_list(items: Sequence[object], place: _Place) -> Iterator[str]:
    """Short values share a line."""
    if len(items) > _MAX_NUMBERS and all(isinstance(item, int | float) for item in items):
        return
    gathered = ""
    for item in items:
        text = "" if isinstance(item, Mapping | list) else _readable(item, place.key)
        if not _is_short(text):
            yield from _lines(item, place._replace(depth=place.depth + 1))
        elif len(gathered) + len(text) < _LONG_LINE:
            gathered = f"{gathered}, {text}" if gathered else text
        else:
            yield place.named(gathered)
            gathered = text
    if gathered:
        yield place.named(gathered)


def _is_short(text: str) -> bool:
    return 0 < len(text) <= _LONG_TEXT and "\n" not in text


def _readable(value: object, key: str) -> str:
    """A scalar as users write it; empty for one that nobody searches for."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return "" if names_id(key) else readable_number(value, is_time=names_time(key))
    if not isinstance(value, str):
        return ""
    has_digits = any(character.isdigit() for character in value[:MAX_TEXT])
    if names_id(key) and has_digits and not is_ticket(value):
        return ""
    return readable_text(value)


def _unpacked(text: str) -> object:
    """What a string holds that is itself JSON of an object or a list."""
    if text.lstrip()[:1] not in ("{", "["):
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
