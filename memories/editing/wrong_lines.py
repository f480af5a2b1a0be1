"""The lines of a user's JSON around an error. Pure."""

from dataclasses import dataclass

LINES_AROUND = 2  # before and after the wrong one
MAX_SHOWN = 120  # characters of a line


@dataclass(frozen=True)
class ShownLine:
    number: int
    text: str
    is_wrong: bool


def lines_around(text: str, *, line: int, column: int) -> list[ShownLine]:
    """The wrong line with those before and after it; of a long one, the part around the error. Both count from 1."""
    first = max(1, line - LINES_AROUND)
    shown = text.split("\n")[first - 1 : line + LINES_AROUND]
    return [
        ShownLine(number, _part(content, column if number == line else 1), number == line)
        for number, content in enumerate(shown, first)
    ]


def _part(line: str, column: int) -> str:
    if len(line) <= MAX_SHOWN:
        return line
    start = max(0, min(column - MAX_SHOWN // 2, len(line) - MAX_SHOWN))
    end = start + MAX_SHOWN
    return ("…" if start else "") + line[start:end] + ("…" if end < len(line) else "")
