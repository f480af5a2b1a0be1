"""Cloze notes, sentences with numbered gaps: `The {{c1::mitochondrion::organelle}} makes {{c2::ATP}}.`

As in Anki, gaps may be nested, and `{{c1,2::text}}` belongs to two cards. Unlike in Anki, the braces inside a gap
balance, so that it can contain a formula: `{{c1::\\frac{a}{b}}}`. The time to parse a text is linear in its length.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field

MAX_DEPTH = 10  # gaps inside each other, as in Anki; any deeper markup is plain text
MAX_GAPS = 1_000
MAX_DIGITS = 2  # of a gap's number
_OPENING, _CLOSING, _SEPARATOR = "{{c", "}}", "::"
_SPECIAL, _IN_NUMBERS = frozenset("{}\\"), frozenset("0123456789,")


@dataclass(frozen=True)
class Gap:
    """`parts` are the hidden text and the gaps inside it."""

    numbers: frozenset[int]
    parts: "tuple[str | Gap, ...]"
    hint: str

    @property
    def text(self) -> str:
        return "".join(part if isinstance(part, str) else part.text for part in self.parts)


Part = str | Gap


def gap_numbers(text: str) -> list[int]:
    """The numbers of the gaps, ascending and without repetition. Each number makes one card."""
    return sorted({number for gap in _gaps(_parse(text)) for number in gap.numbers})


def question(text: str, number: int) -> str:
    """The sentence with the gaps of this number hidden, as Markdown; the other gaps show their text."""
    return _render(_parse(text), number, lambda gap: f"**[{gap.hint or '…'}]**")


def answer(text: str, number: int) -> str:
    """The whole sentence with the text of this number's gaps in bold, as Markdown."""
    return _render(_parse(text), number, lambda gap: f"**{gap.text.strip()}**")


def strip_markup(text: str) -> str:
    """The sentence without the markup of its gaps."""
    return "".join(part if isinstance(part, str) else part.text for part in _parse(text))


def _gaps(parts: Sequence[Part]) -> Iterator[Gap]:
    for part in parts:
        if isinstance(part, Gap):
            yield part
            yield from _gaps(part.parts)


def _render(parts: Sequence[Part], number: int, replacement: Callable[[Gap], str]) -> str:
    """What is inside a replaced gap is part of its replacement, so gaps in it are not replaced again."""
    return "".join(
        part
        if isinstance(part, str)
        else replacement(part)
        if number in part.numbers
        else _render(part.parts, number, replacement)
        for part in parts
    )


def _parse(text: str) -> Sequence[Part]:
    if _OPENING not in text:
        return [text]
    scanner = _Scanner(text)
    if scanner.unclosed:
        # A gap may contain a brace without its partner: if it does not end otherwise, it ends at the first "}}".
        scanner = _Scanner(text, unbalanced=scanner.unclosed)
    return scanner.parts


@dataclass
class _OpenGap:
    """A gap whose end has not been read. `braces`: how many are open inside it; None when they need not balance."""

    start: int
    markup: str
    numbers: frozenset[int]
    braces: int | None
    parts: list[Part] = field(default_factory=list)

    def closed(self) -> Gap:
        """The gap; without numbers if it hides nothing, so that its markup is shown."""
        parts: list[Part] = []
        hint = ""
        for part in self.parts:
            # A gap cannot begin with its hint.
            separator = part.find(_SEPARATOR, 0 if parts else 1) if isinstance(part, str) else -1
            if isinstance(part, str) and separator >= 0:
                part, hint = part[:separator], part[separator + len(_SEPARATOR) :]
            parts.append(part)
        return Gap(self.numbers, tuple(parts), hint) if parts else Gap(frozenset(), (self.markup + _CLOSING,), "")


class _Scanner:
    """Reads the text once, from left to right, with a stack of the gaps that are open.

    `unbalanced`: the start positions of gaps whose braces need not balance. `unclosed`: the start positions of gaps
    that have no end; these are plain text.
    """

    def __init__(self, text: str, *, unbalanced: Collection[int] = ()) -> None:
        self.parts: list[Part] = []
        self._text, self._unbalanced = text, unbalanced
        self._open: list[_OpenGap] = []
        self._count = 0
        self._position = self._text_start = 0  # up to where characters are read, and up to where parts are made
        for position in [index for index, character in enumerate(text) if character in _SPECIAL]:
            if position >= self._position:
                self._position = position + 1
                self._read(position)
        self._add_text(len(text))
        self.unclosed = {gap.start for gap in self._open}
        for gap in self._open:
            self.parts += [gap.markup, *gap.parts]

    def _read(self, position: int) -> None:
        gap = self._open[-1] if self._open else None
        match self._text[position]:
            case "{":
                if not self._opens_gap(position) and gap and gap.braces is not None:
                    gap.braces += 1
            case "}" if gap:
                if gap.braces:
                    gap.braces -= 1
                elif self._text.startswith(_CLOSING, position):
                    self._close_gap(gap, position)
            case "\\" if gap and gap.braces is not None:
                if self._text[position + 1 : position + 2] in _SPECIAL and not self._header(position + 1):
                    self._position = position + 2  # TeX's \{ and \} need not balance

    def _opens_gap(self, position: int) -> bool:
        header = self._header(position)
        if header is None or len(self._open) == MAX_DEPTH or self._count == MAX_GAPS:
            return False
        self._add_text(position)
        numbers, end = header
        braces = None if position in self._unbalanced else 0
        self._open.append(_OpenGap(position, self._text[position:end], numbers, braces))
        self._count += 1
        self._position = self._text_start = end
        return True

    def _header(self, position: int) -> tuple[frozenset[int], int] | None:
        """The numbers of the gap that starts here and the position of its text; None where no gap starts."""
        if not self._text.startswith(_OPENING, position):
            return None
        start = end = position + len(_OPENING)
        while self._text[end : end + 1] in _IN_NUMBERS:
            end += 1
        names = self._text[start:end].split(",")
        numbers = frozenset(int(name) for name in names if 0 < len(name) <= MAX_DIGITS and name[0] != "0")
        if not numbers or not self._text.startswith(_SEPARATOR, end):
            return None
        return numbers, end + len(_SEPARATOR)

    def _close_gap(self, gap: _OpenGap, position: int) -> None:
        self._add_text(position)
        self._open.pop()
        self._target.append(gap.closed())
        self._position = self._text_start = position + len(_CLOSING)

    @property
    def _target(self) -> list[Part]:
        return self._open[-1].parts if self._open else self.parts

    def _add_text(self, end: int) -> None:
        if end > self._text_start:
            self._target.append(self._text[self._text_start : end])
