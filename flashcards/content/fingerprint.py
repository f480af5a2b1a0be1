"""Tells whether two cards are the same: equal except for Markdown, letter case, spacing and closing punctuation."""

import re
import unicodedata
from hashlib import sha256

# Paired marks around words, and marks at the start of a line. The marks in "2**3" and "C#" are kept: they have meaning.
_EMPHASIS = re.compile(r"(?<!\w)(\*\*|__|\*|_|`)(?=\S)(.+?)(?<=\S)\1(?!\w)", re.DOTALL)
_LINE_MARK = re.compile(r"^\s*(?:#{1,6}|>|[-*+])\s+", re.MULTILINE)
_SPACE = re.compile(r"\s+")
_CLOSING_PUNCTUATION = " .?…:;,。？"  # not "!": 5! is not 5


def normalize(text: str) -> str:
    """The text without the differences that do not matter: Markdown, letter case, spacing and closing punctuation.

    Composed by NFC only: NFKC would make 10² and 102 equal.
    """
    bare = _LINE_MARK.sub("", unicodedata.normalize("NFC", text).casefold())
    bare = _EMPHASIS.sub(r"\2", _EMPHASIS.sub(r"\2", bare))
    bare = _SPACE.sub(" ", bare).strip()
    return bare.rstrip(_CLOSING_PUNCTUATION) or bare


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
