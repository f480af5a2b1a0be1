"""How a page shows a record: as a title and a list of names with their values. Pure."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from memories.records.values import Record

# The first of these fields that has a text is the title.
TITLE_NAMES = (
    *("title", "name", "summary", "subject", "headline", "note", "message"),
    *("text", "content", "event", "description"),
)
MAX_TITLE_LENGTH = 120  # characters
MAX_LIST_ITEMS = 12  # of a list of short values, which is shown in one line
MAX_ITEM_LENGTH = 40
SHOWN_LENGTH = 600  # characters of a value; the rest is folded
SHOWN_LINES = 16
MAX_LINE_LENGTH = 200  # characters of a value in a list of memories
MAX_LINES = 4  # fields of a memory in a list of memories


@dataclass(frozen=True)
class ShownField:
    """One field of a record. `is_code`: the value is nested, and shown as JSON.

    `beginning` is the part of a long value that is shown before it is unfolded; empty for a short one.
    """

    name: str
    text: str
    is_code: bool
    beginning: str = ""


@dataclass(frozen=True)
class ShownLines:
    """The first fields of a record, each in one line, and how many more it has."""

    fields: list[ShownField]
    more: int


def title_of(record: Record) -> str:
    """A line that tells the record from others; empty if it has no text and no number."""
    text = next(_titles(record), "")
    return _cut(" ".join(text.split()), MAX_TITLE_LENGTH)


def _titles(record: Record) -> Iterator[str]:
    texts = {name: value for name, value in record.items() if isinstance(value, str) and value.strip()}
    by_name = {name.lower(): value for name, value in texts.items()}
    yield from (by_name[name] for name in TITLE_NAMES if name in by_name)
    # A text with a space is more likely to say something than an id or a state.
    yield from (value for value in texts.values() if " " in value.strip())
    if told := [by_name[name] for name in ("task", "component") if name in by_name]:
        yield ", ".join(told)
    yield from (f"{name}: {_short(value)}" for name, value in record.items() if _is_scalar(value) and value != "")


def shown_fields(record: Record) -> list[ShownField]:
    """All fields, in the order in which they were written."""
    return [_field(name, value) for name, value in record.items()]


def shown_lines(record: Record, *, leave_out: Mapping[str, str]) -> ShownLines:
    """The first fields, each cut to one line, without those that have exactly the values of `leave_out`."""
    title = title_of(record)
    rest = {
        name: value
        for name, value in record.items()
        if value not in ("", None, [], {})
        and not (isinstance(value, str) and (leave_out.get(name) == value or " ".join(value.split()) == title))
    }
    lines = [_line(name, value) for name, value in list(rest.items())[:MAX_LINES]]
    return ShownLines(lines, len(rest) - len(lines))


def _field(name: str, value: Any) -> ShownField:
    if _is_nested(value):
        text = json.dumps(value, ensure_ascii=False, indent=2)
        return ShownField(name, text, True, _beginning(text))
    text = _short(value)
    return ShownField(name, text, False, _beginning(text))


def _line(name: str, value: Any) -> ShownField:
    nested = _is_nested(value)
    text = json.dumps(value, ensure_ascii=False) if nested else _short(value)
    return ShownField(name, _cut(" ".join(text.split()), MAX_LINE_LENGTH), nested)


def _is_scalar(value: Any) -> bool:
    return not isinstance(value, dict | list) and value is not None


def _is_nested(value: Any) -> bool:
    """Whether the value is better read as JSON: an object, or a list that does not fit in one line."""
    if not isinstance(value, list):
        return isinstance(value, dict)
    short = all(_is_scalar(item) and len(_short(item)) <= MAX_ITEM_LENGTH for item in value)
    return not value or not short or len(value) > MAX_LIST_ITEMS


def _short(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ", ".join(_short(item) for item in value)
    return json.dumps(value)


def _beginning(text: str) -> str:
    """What is shown of a long text before it is unfolded; empty if it is shown as a whole."""
    beginning = "\n".join(text.split("\n")[:SHOWN_LINES])[:SHOWN_LENGTH]
    return "" if beginning == text else beginning.rstrip() + "…"


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
