"""Titles made from a conversation's first message. Pure."""

import re

LONGEST_MADE_TITLE = 60  # characters

_MARKDOWN_PREFIX = re.compile(r"^[#>*\-+\s`~|]+")


def title_from(message: str) -> str:
    """The first line of the message that has words, cut between two of them; empty when there is none."""
    lines = (_MARKDOWN_PREFIX.sub("", line).strip() for line in message.splitlines())
    line = " ".join(next((line for line in lines if line), "").split())
    if len(line) <= LONGEST_MADE_TITLE:
        return line
    cut = line[:LONGEST_MADE_TITLE]
    words, _space, _rest = cut.rpartition(" ")
    return f"{words if len(words) > LONGEST_MADE_TITLE // 2 else cut}…"
