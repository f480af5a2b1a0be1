"""The JSON in a model's answer, which may be in a fence, have prose around it, or be cut off."""

import json
from dataclasses import dataclass
from typing import Any, Final

MAX_BEGINNINGS: Final = 20  # places where JSON may begin; prose has brackets, too
MAX_NESTING: Final = 100

_CLOSING = {"{": "}", "[": "]"}
_THINKING = (("<think>", "</think>"), ("<thinking>", "</thinking>"))


@dataclass(frozen=True)
class Json:
    """`cut_off`: the text ended before the value did, which has what came before."""

    value: Any
    cut_off: bool = False


def without_thinking(text: str) -> str:
    """The text without what a model wrote for itself between tags."""
    for opening, closing in _THINKING:
        if opening in text or closing in text:
            kept = [part.partition(opening)[0] for part in text.split(closing)]
            # Some templates begin inside the tag: then only what follows its end is the answer.
            text = "".join(kept if opening in text else kept[-1:])
    return text.strip()


def find_json(text: str) -> Json | None:
    """The first object or list with something in it, repaired if it must be. None if there is no JSON."""
    for start in _beginnings(text):
        found = _decoded(text, start) or _Repair().read(text[start:])
        if found and found.value and not _is_remark(found.value):
            return found
    return None


def _decoded(text: str, start: int) -> Json | None:
    try:
        value, _end = json.JSONDecoder().raw_decode(text, start)
    except (ValueError, RecursionError):
        return None
    return Json(value)


def _beginnings(text: str) -> list[int]:
    found: list[int] = []
    position = -1
    while len(found) < MAX_BEGINNINGS:
        places = [place for mark in "{[" if (place := text.find(mark, position + 1)) >= 0]
        if not places:
            break
        position = min(places)
        found.append(position)
    return found


def _is_remark(value: Any) -> bool:
    """Brackets in prose, such as "[1]"."""
    return isinstance(value, list) and not any(isinstance(entry, dict | list | str) for entry in value)


class _Repair:
    """Reads up to the last whole entry and closes the brackets that are open there. Leaves out commas before these."""

    def __init__(self) -> None:
        self._open: list[str] = []  # the brackets that must follow
        self._kept: list[str] = []
        self._whole: tuple[int, tuple[str, ...]] = (0, ())  # how much of `_kept` is whole, and what is open there
        self._in_string = self._escaped = False

    def read(self, text: str) -> Json | None:
        for char in text:
            if self._in_string:
                self._read_string(char)
            elif not self._read(char):
                break
            if not self._open:
                break
        length, still_open = self._whole
        try:
            value = json.loads("".join(self._kept[:length]) + "".join(reversed(still_open)))
        except (ValueError, RecursionError):
            return None
        return Json(value, cut_off=bool(self._open))

    def _read_string(self, char: str) -> None:
        self._kept.append(char)
        self._in_string = self._escaped or char != '"'
        self._escaped = char == "\\" and not self._escaped

    def _read(self, char: str) -> bool:
        """False if the text is no JSON from here on."""
        if char in "}]":
            if self._open.pop() != char:
                self._open.append(char)
                return False
            self._drop_comma()
        elif char == ",":
            self._whole = len(self._kept), tuple(self._open)
        elif char in _CLOSING:
            self._open.append(_CLOSING[char])
        self._in_string = char == '"'
        self._kept.append(char)
        if char in "}]":
            self._whole = len(self._kept), tuple(self._open)
        return len(self._open) <= MAX_NESTING

    def _drop_comma(self) -> None:
        place = len(self._kept) - 1
        while place >= 0 and self._kept[place].isspace():
            place -= 1
        if place >= 0 and self._kept[place] == ",":
            del self._kept[place:]
