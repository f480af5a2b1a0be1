"""JSON as RFC 8259 defines it: without Python's additions, and without what PostgreSQL cannot store."""

import json
import re
from collections.abc import Iterator
from math import isfinite
from typing import Any, Final, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from base.text import storable

# Escapes of NUL and of surrogates. Only a text that has them needs its strings checked.
_SUSPECT: Final = re.compile(r"\\u(?:0000|[dD][89a-fA-F])|[\ud800-\udfff]")
_TOKEN: Final = re.compile(
    r'(?P<string>"[^"\\]*(?:\\.[^"\\]*)*")(?P<colon>[ \t\r\n]*:)?|(?P<word>[-+.\w]+)|(?P<open>[{\[])|(?P<close>[}\]])',
    re.DOTALL,
)
_ALWAYS_FINITE = 300  # an integer with at most so many digits is less than the greatest double
_UNKNOWN_SYNTAX = gettext_lazy("This is not valid JSON.")
_SYNTAX: Final[dict[str, StrOrPromise]] = {
    "Expecting value": gettext_lazy("A value is missing here, or it is not valid."),
    "Expecting ',' delimiter": gettext_lazy("A comma or a closing bracket is missing here."),
    "Expecting ':' delimiter": gettext_lazy("A colon is missing after the key."),
    "Expecting property name enclosed in double quotes": gettext_lazy(
        "A key in double quotes is missing here, or the comma before is one too many."
    ),
    "Unterminated string starting at": gettext_lazy("The string that begins here has no closing quote."),
    "Invalid control character at": gettext_lazy(
        "A string has a line break or another control character, which must be escaped."
    ),
    "Invalid \\escape": gettext_lazy("A backslash is followed by a character that it can't escape."),
    "Invalid \\uXXXX escape": gettext_lazy("After \\u, a string needs four hexadecimal digits."),
    "Extra data": gettext_lazy("There is something after the end of the JSON."),
}


class NotStrictJson(ValueError):
    """`reason` is a message for the user. `line` and `column` count from 1; both are 0 where they are not known."""

    def __init__(self, reason: StrOrPromise, *, line: int = 0, column: int = 0) -> None:
        super().__init__(str(reason))
        self.reason = str(reason)
        self.line = line
        self.column = column

    def with_place(self) -> str:
        if not self.line:
            return self.reason
        return _("Line %(line)s, character %(column)s: %(reason)s") % vars(self)


class _Refused(ValueError):
    """The text has a fault that is not one of syntax. `_first_fault` finds it again, with its position."""


class _Fault(NamedTuple):
    reason: str
    position: int


def parse_json(source: str | bytes) -> Any:
    """The value. Keys must be unique, numbers finite, and strings storable; a float stays a float, also if it is whole.

    Raises NotStrictJson.
    """
    text = _decoded(source)
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        reason = next((words for start, words in _SYNTAX.items() if error.msg.startswith(start)), _UNKNOWN_SYNTAX)
        raise NotStrictJson(reason, line=error.lineno, column=error.colno) from None
    except _Refused:
        raise _located(text) from None
    except RecursionError:
        raise NotStrictJson(_("It is nested too deep.")) from None
    if _SUSPECT.search(text) and _first_fault(text):
        raise _located(text)
    return value


def _decoded(source: str | bytes) -> str:
    if isinstance(source, str):
        return source
    try:
        return source.decode()
    except UnicodeDecodeError as error:
        before = source[: error.start]
        column = error.start - before.rfind(b"\n")
        raise NotStrictJson(_("This is not UTF-8."), line=before.count(b"\n") + 1, column=column) from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise _Refused
    return members


def _refused(constant: str) -> float:
    raise _Refused


def _float(number: str) -> float:
    value = float(number)
    if not isfinite(value):
        raise _Refused
    return value


def _integer(number: str) -> int:
    if len(number) > _ALWAYS_FINITE:
        _float(number)
    return int(number)


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_unique, parse_constant=_refused, parse_float=_float, parse_int=_integer
)


def _located(text: str) -> NotStrictJson:
    fault = _first_fault(text)
    if fault is None:
        return NotStrictJson(_UNKNOWN_SYNTAX)
    before = text[: fault.position]
    return NotStrictJson(fault.reason, line=before.count("\n") + 1, column=fault.position - before.rfind("\n"))


def _first_fault(text: str) -> _Fault | None:
    return next(_faults(text), None)


def _faults(text: str) -> Iterator[_Fault]:
    """What is wrong with JSON whose syntax is right, in reading order."""
    keys: list[set[str]] = []  # of the objects and lists that are open
    for token in _TOKEN.finditer(text):
        if token["open"]:
            keys.append(set())
        elif token["close"]:
            keys.pop()
        elif token["word"]:
            if reason := _fault_of_word(token["word"]):
                yield _Fault(reason, token.start())
        elif reason := _fault_of_string(token, keys):
            yield _Fault(reason, token.start())


def _fault_of_string(token: "re.Match[str]", keys: list[set[str]]) -> str:
    content = json.loads(token["string"])
    if storable(content) != content:
        return _("A string has NUL or half a surrogate pair, which can't be stored.")
    if token["colon"]:
        if content in keys[-1]:
            return _("The key “%(key)s” is there twice in one object.") % {"key": content[:50]}
        keys[-1].add(content)
    return ""


def _fault_of_word(word: str) -> str:
    if word in ("NaN", "Infinity", "-Infinity"):
        return _("JSON has no %(constant)s. Use null, or a string.") % {"constant": word}
    if word not in ("true", "false", "null") and not isfinite(float(word)):
        return _("A number is too large. Write it as a string.")
    return ""
