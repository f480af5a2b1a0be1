"""When two cards are the same card: equal after everything that the eye forgives is taken away."""

import re
import unicodedata
from hashlib import sha256

# Marks in pairs around words, and marks that begin a line: "2**3" and "C#" keep theirs, for there they mean something.
_EMPHASIS = re.compile(r"(?<!\w)(\*\*|__|\*|_|`)(?=\S)(.+?)(?<=\S)\1(?!\w)", re.DOTALL)
_LEAD = re.compile(r"^\s*(?:#{1,6}|>|[-*+])\s+", re.MULTILINE)
_SPACE = re.compile(r"\s+")
_END = " .?…:;,。？"  # not "!": 5! is not 5


def normalise(text: str) -> str:
    """Without Markdown's emphasis and line marks, letter case, runs of space and closing punctuation.

    Composed by NFC only: NFKC would make 10² and 102 the same.
    """
    bare = _LEAD.sub("", unicodedata.normalize("NFC", text).casefold())
    bare = _EMPHASIS.sub(r"\2", _EMPHASIS.sub(r"\2", bare))
    bare = _SPACE.sub(" ", bare).strip()
    return bare.rstrip(_END) or bare


def fingerprint(*, kind: str, ordinal: int, question: str, answer: str) -> str:
    """SHA-256 of what this card asks and answers; a reversed card equals a basic card with its sides exchanged.

    Of a cloze the sentence and the gap decide, since its answer is only a remark.
    """
    if kind == "cloze":
        parts = ["cloze", str(ordinal), normalise(question)]
    else:
        sides = [normalise(question), normalise(answer)]
        parts = ["card", *(reversed(sides) if ordinal else sides)]
    return sha256("\0".join(parts).encode()).hexdigest()
