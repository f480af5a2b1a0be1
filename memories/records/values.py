"""The rules for one record: its limits, and what its own fields say about it. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

MAX_BYTES = 64 * 1024  # of the record as compact JSON in UTF-8
MAX_DEPTH = 32  # objects and lists within each other; the record itself is the first
MAX_LABEL_LENGTH = 200  # characters of a task, a component or a source
MAX_KEY_LENGTH = 200
MAX_TAG_LENGTH = 50
MAX_TAGS = 20

Record = Mapping[str, Any]


class TooManyBytes(ValueError):
    """The record has more than `MAX_BYTES`."""


class TooDeep(ValueError):
    """The record has more than `MAX_DEPTH` levels."""


@dataclass(frozen=True)
class OwnFields:
    """What a record says about itself in its fields `date`, `task` and `component`. Other types say nothing."""

    date: date | None
    task: str
    component: str


def written(record: Record) -> str:
    """The record as compact JSON, its keys in the order in which they came. Raises TooManyBytes or TooDeep."""
    try:
        text = json.dumps(record, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except RecursionError:
        raise TooDeep from None
    # Most records have fewer brackets than they may have levels.
    if text.count("{") + text.count("[") > MAX_DEPTH and _depth_exceeds(record, MAX_DEPTH):
        raise TooDeep
    if len(text.encode()) > MAX_BYTES:
        raise TooManyBytes
    return text


def own_fields(record: Record) -> OwnFields:
    return OwnFields(_day(record.get("date")), _label(record.get("task")), _label(record.get("component")))


def day_of(text: str) -> date:
    """The day of an ISO 8601 date or of a date with a time, as written there. Raises ValueError."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return datetime.fromisoformat(text).date()


def _day(value: object) -> date | None:
    if not isinstance(value, str):
        return None
    try:
        return day_of(value.strip())
    except ValueError:
        return None


def _label(value: object) -> str:
    return " ".join(value.split())[:MAX_LABEL_LENGTH] if isinstance(value, str) else ""


def _depth_exceeds(value: object, limit: int) -> bool:
    """Whether objects and lists are nested deeper than `limit`. Without recursion: a hostile record may be deep."""
    level: Sequence[Any] = [value]
    for _depth in range(limit):
        level = [child for node in level for child in _children(node) if isinstance(child, Mapping | list)]
    return bool(level)


def _children(value: object) -> Sequence[Any]:
    if isinstance(value, Mapping):
        return list(value.values())
    return value if isinstance(value, list) else ()
