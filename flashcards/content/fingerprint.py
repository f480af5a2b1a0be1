"""Tells whether two cards are the same: equal except for Markdown, letter case, spacing and closing punctuation."""

import re
import unicodedata
from bisect import bisect_left
from functools import lru_cache
from hashlib import sha256

# The marks in "2**3" and "C#" are kept: they have meaning.
_MARKS = ("**", "__", "*", "_", "`")
_OPENING = re.compile(r"(?<!\w)[*_`]")
_CLOSINGS = {mark: re.compile(rf"(?<=\S)(?={re.escape(mark)}(?!\w))") for mark in _MARKS}
# It also matches blank lines without a mark. Otherwise a run of blank lines would be scanned again from each of them.
_LINE_START = re.compile(r"^(\s*+)((?:#{1,6}|>|[-*+])\s+)?", re.MULTILINE)
_SPACE = re.compile(r"\s+")
_CLOSING_PUNCTUATION = " .?…:;,。？"  # not "!": 5! is not 5


@lru_cache(maxsize=8)  # the cards of one note are hashed one after the other, and a cloze note may have 99
def normalize(text: str) -> str:
    """The text without the differences that do not matter: Markdown, letter case, spacing and closing punctuation.

    Composed by NFC only: NFKC would make 10² and 102 equal.
    """
    bare = _LINE_START.sub(lambda line: "" if line[2] else line[1], unicodedata.normalize("NFC", text).casefold())
    bare = _without_emphasis(_without_emphasis(bare))
    bare = _SPACE.sub(" ", bare).strip()
    return bare.rstrip(_CLOSING_PUNCTUATION) or bare


def _without_emphasis(text: str) -> str:
    """The text without pairs of equal marks around words, not counting pairs inside another pair.

    A regular expression would look for the end of each mark in the whole rest of the text.
    """
    closings: dict[str, list[int]] = {}
    kept: list[str] = []
    kept_until = position = 0
    while opening := _OPENING.search(text, position):
        position = opening.start() + 1
        for mark in _MARKS:
            start = opening.start() + len(mark)
            if text.startswith(mark, opening.start()) and not text[start : start + 1].isspace():
                if mark not in closings:
                    closings[mark] = [found.start() for found in _CLOSINGS[mark].finditer(text)]
                next_closing = bisect_left(closings[mark], start + 1)
                if next_closing < len(closings[mark]):
                    end = closings[mark][next_closing]
                    kept += [text[kept_until : opening.start()], text[start:end]]
                    kept_until = position = end + len(mark)
                    break
    return "".join([*kept, text[kept_until:]])


def fingerprint(*, kind: str, ordinal: int, question: str, answer: str) -> str:
    """SHA-256 of the card's normalized sides. A reversed card equals a basic card with question and answer swapped.

    For a cloze, only the sentence and the number of the gap are hashed, since its answer is only a remark.
    """
    if kind == "cloze":
        parts = ["cloze", str(ordinal), normalize(question)]
    else:
        sides = [normalize(question), normalize(answer)]
        parts = ["card", *(reversed(sides) if ordinal else sides)]
    return sha256("\0".join(parts).encode()).hexdigest()
