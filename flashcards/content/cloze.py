"""Cloze notes, sentences with numbered gaps: `The {{c1::mitochondrion::organelle}} makes {{c2::ATP}}.`"""

import re
from collections.abc import Callable

_GAP = re.compile(r"\{\{c(?P<number>[1-9]\d?)::(?P<text>.+?)(?:::(?P<hint>.*?))?\}\}", re.DOTALL)


def gap_numbers(text: str) -> list[int]:
    """The numbers of the gaps, ascending and without repetition. Each number makes one card."""
    return sorted({int(gap["number"]) for gap in _GAP.finditer(text)})


def question(text: str, number: int) -> str:
    """The sentence with the gaps of this number hidden, as Markdown; the other gaps show their text."""
    return _replace(text, number, lambda gap: f"**[{gap['hint'] or '…'}]**")


def answer(text: str, number: int) -> str:
    """The whole sentence with the text of this number's gaps in bold, as Markdown."""
    return _replace(text, number, lambda gap: f"**{gap['text'].strip()}**")


def strip_markup(text: str) -> str:
    """The sentence without the markup of its gaps."""
    return _GAP.sub(lambda gap: gap["text"], text)


def _replace(text: str, number: int, replacement: Callable[[re.Match[str]], str]) -> str:
    return _GAP.sub(lambda gap: replacement(gap) if int(gap["number"]) == number else gap["text"], text)
