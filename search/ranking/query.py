"""What a user typed: words, "quoted phrases" that must occur, and -words that must not."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from search.ranking.words import codes

_PHRASE = re.compile(
    '"([^"]+)"|\u201c([^\u201c\u201d]+)\u201d|\u201e([^\u201c\u201e]+)\u201c|\u00ab([^\u00ab\u00bb]+)\u00bb'
)
_EXCLUDED = re.compile(r"(?<!\S)-(\w\S*)")


@dataclass(frozen=True)
class Query:
    """`text` is without what is excluded. Phrases and excluded words are codes."""

    text: str
    phrases: Sequence[Sequence[int]] = ()
    excluded: Sequence[int] = ()


def parse(typed: str) -> Query:
    """Everything that is not a valid operator is text: a lone quote, a dash between spaces."""
    excluded = [code for match in _EXCLUDED.finditer(typed) for code in codes(match[1])]
    text = _EXCLUDED.sub(" ", typed)
    phrases = [codes(next(filter(None, match.groups()))) for match in _PHRASE.finditer(text)]
    return Query(text, [phrase for phrase in phrases if phrase], excluded)
