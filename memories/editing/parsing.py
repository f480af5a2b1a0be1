"""The JSON that a user writes in a form: the record, or what is wrong with it and where. Pure."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite

from base.text import storable
from memories.records.values import MAX_DEPTH, Record

LINES_AROUND = 2  # shown before and after the wrong one
MAX_SHOWN = 120  # characters of a line
MAX_DIGITS = 1_000  # of a number; Python refuses to read some thousands
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"?|[{}\[\],:]|[^\s{}\[\],:"]+')

NOT_AN_OBJECT, REPEATED_NAME, NOT_A_NUMBER = "not an object", "repeated name", "not a number"
TOO_DEEP, UNSTORABLE = "too deep", "unstorable"


@dataclass(frozen=True)
class ShownLine:
    number: int
    text: str
    is_wrong: bool


class WrongJson(ValueError):
    """Text that is not the JSON of a record. Lines and columns count from 1.

    `reason` is one of this module's, or the message of Python's parser.
    """

    def __init__(self, reason: str, text: str, position: int) -> None:
        super().__init__(reason)
        self.reason, self.text = reason, text
        self.line = text.count("\n", 0, position) + 1
        self.column = position - text.rfind("\n", 0, position)

    @property
    def lines(self) -> list[ShownLine]:
        """The lines around the wrong one. Of a long line, the part around the error."""
        first = max(1, self.line - LINES_AROUND)
        lines = self.text.split("\n")[first - 1 : self.line + LINES_AROUND]
        return [
            ShownLine(number, _excerpt(line, self.column if number == self.line else 1), number == self.line)
            for number, line in enumerate(lines, first)
        ]


def record_from(text: str) -> Record:
    """The object that the text is. Raises WrongJson, with the place of the first error."""
    text = text.replace("\r\n", "\n")
    try:
        record = json.loads(text)
    except json.JSONDecodeError as error:
        raise WrongJson(error.msg, text, error.pos) from None
    except (ValueError, RecursionError):  # a number of many digits, or a depth that Python does not read
        record = None
    for reason, position in _violations(text):
        raise WrongJson(reason, text, position)
    if not isinstance(record, dict):
        raise WrongJson(NOT_AN_OBJECT, text, len(text) - len(text.lstrip()))
    return record


def indented(body: str) -> str:
    """The JSON with a line for each value."""
    return json.dumps(json.loads(body), ensure_ascii=False, indent=2)


def _violations(text: str) -> Iterator[tuple[str, int]]:
    """What Python reads and a record can't have, with where it is, in text that is JSON otherwise."""
    open_names: list[set[str]] = []  # of the objects and lists that contain this part
    before = (0, "")
    for match in TOKEN.finditer(text):
        part, position = match[0], match.start()
        if part in "{[":
            open_names.append(set())
            if len(open_names) > MAX_DEPTH:
                yield TOO_DEEP, position
        elif part in "}]":
            open_names.pop()
        elif part == ":":
            name = json.loads(before[1])
            if name in open_names[-1]:
                yield REPEATED_NAME, before[0]
            open_names[-1].add(name)
        elif reason := _violation(part):
            yield reason, position
        before = (position, part)


def _violation(part: str) -> str:
    """The reason why a record can't have this string or number; empty if it can."""
    if part.startswith('"'):
        value = json.loads(part, strict=False)
        return UNSTORABLE if storable(value) != value else ""
    if part in (",", "true", "false", "null"):
        return ""
    return "" if len(part) <= MAX_DIGITS and isfinite(float(part)) else NOT_A_NUMBER


def _excerpt(line: str, column: int) -> str:
    if len(line) <= MAX_SHOWN:
        return line
    start = max(0, min(column - MAX_SHOWN // 2, len(line) - MAX_SHOWN))
    end = start + MAX_SHOWN
    return ("…" if start else "") + line[start:end] + ("…" if end < len(line) else "")
