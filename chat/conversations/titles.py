"""Titles made from a conversation's first message. Pure."""

import re

MAX_TITLE_LENGTH = 60  # characters

_MARKDOWN_PREFIX = re.compile(r"^[#>*\-+\s`~|]+")


def title_from(message: str) -> str:
    """The first line of the message that has text, cut between two words; empty when there is none."""
    lines = (_MARKDOWN_PREFIX.sub("", line).strip() for line in message.splitlines())
    line = " ".join(next((line for line in lines if line), "").split())
    if len(line) <= MAX_TITLE_LENGTH:
        return line
    cut = line[:MAX_TITLE_LENGTH]
    words, _space, _rest = cut.rpartition(" ")
    return f"{words if len(words) > MAX_TITLE_LENGTH // 2 else cut}…"
