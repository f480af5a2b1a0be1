"""The levels of an outline's lines: which line is below which, by heading, number, indentation and kind of mark."""

from dataclasses import replace
from typing import Final

from base.outline.lines import Family, Line

MAX_OPEN: Final = 64  # levels; what is deeper is on the last one
_ROMAN_BEGINNINGS = "IVXivx"


class Levels:
    """Takes the lines in order and says the level of each, from 1."""

    def __init__(self) -> None:
        self._open: list[Line] = []  # the last line and those that it is below, outermost first

    def level_of(self, line: Line) -> int:
        line = self._with_letter_style(line)
        parent = self._by_number(line)
        if parent is not None:
            del self._open[parent + 1 :]
        else:
            same = self._same_style(line)
            while self._open and (len(self._open) > same or not _is_below(line, self._open[-1])):
                self._open.pop()
        del self._open[MAX_OPEN - 1 :]
        self._open.append(line)
        return len(self._open)

    def _by_number(self, line: Line) -> int | None:
        """The place of "1.2" for "1.2.3"."""
        if len(line.numbers) < 2 or line.family == Family.HEADING:
            return None
        for place in range(len(self._open) - 1, -1, -1):
            numbers = self._open[place].numbers
            if numbers and len(numbers) < len(line.numbers) and line.numbers[: len(numbers)] == numbers:
                return place
        return None

    def _same_style(self, line: Line) -> int:
        """The place of an open line at the same indentation with the same mark, or else the number of open lines."""
        if line.family in (Family.LIST, Family.LABEL):
            for place in range(len(self._open) - 1, -1, -1):
                other = self._open[place]
                if _is_beside(line, other):
                    return place
                if other.family == Family.HEADING or other.indent < line.indent:
                    break
        return len(self._open)

    def _with_letter_style(self, line: Line) -> Line:
        """Whether the mark is a letter or a Roman numeral: after "H." comes the letter "I."."""
        if not line.mark:
            return line
        previous = next((other for other in reversed(self._open) if other.style == f"{line.style} letter"), None)
        continues = previous is not None and len(line.mark) == 1 and ord(previous.mark) + 1 == ord(line.mark)
        is_roman = len(line.mark) > 1 or (line.mark in _ROMAN_BEGINNINGS and not continues)
        return replace(line, style=f"{line.style} {'numeral' if is_roman else 'letter'}")


def _is_beside(line: Line, other: Line) -> bool:
    """Whether both are marked alike at the same indentation."""
    return (line.style, line.family, line.indent) == (other.style, other.family, other.indent)


def _is_below(line: Line, other: Line) -> bool:
    """Whether a line that follows `other` belongs below it, and not beside it."""
    if line.family == Family.HEADING:
        return other.family == Family.HEADING and line.rank > other.rank
    if other.family == Family.HEADING:
        return True
    if line.indent != other.indent:
        return line.indent > other.indent
    if line.family == Family.PLAIN:
        # In a table of contents the index follows the last chapter.
        return other.family == Family.LABEL and not line.has_page
    if line.family == Family.LABEL:
        return other.family == Family.LABEL and line.style != other.style
    return line.style != other.style and not (other.family == Family.PLAIN and other.has_page)
