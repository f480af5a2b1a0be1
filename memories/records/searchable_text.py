"""The text by which search finds a record. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

MAX_LENGTH = 20_000  # characters


def searchable_text(record: Mapping[str, Any]) -> str:
    """The values of the record in reading order, a line each, with the nearest key where there is one."""
    return "\n".join(_lines(record, ""))[:MAX_LENGTH]


def _lines(value: object, key: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from _lines(item, str(name))
    elif isinstance(value, list):
        for item in value:
            yield from _lines(item, key)
    elif value is not None and value != "":
        yield f"{key}: {value}" if key else str(value)
