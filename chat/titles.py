"""Text as it may be stored, and titles made of it. Pure."""

import re

LONGEST_MADE_TITLE = 60  # characters

# PostgreSQL's text holds no NUL; half a surrogate pair is not a character in any encoding.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_MARKS = re.compile(r"^[#>*\-+\s`~|]+")


def storable(text: str) -> str:
    """The same text, of the same length, with what can't be stored replaced by U+FFFD."""
    return _UNSTORABLE.sub("\ufffd", text)


def title_from(message: str) -> str:
    """A title out of a first message: its first line of words, cut at a word."""
    lines = (_MARKS.sub("", line).strip() for line in message.splitlines())
    line = " ".join(next((line for line in lines if line), "").split())
    if len(line) <= LONGEST_MADE_TITLE:
        return line
    cut = line[:LONGEST_MADE_TITLE]
    words, _space, _rest = cut.rpartition(" ")
    return f"{words if len(words) > LONGEST_MADE_TITLE // 2 else cut}…"
