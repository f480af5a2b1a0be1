"""What a user typed: words, "quoted phrases" that must occur, -words that must not, and has:cards."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from search.ranking.words import codes

_PHRASE = re.compile(
    '"([^"]+)"|\u201c([^\u201c\u201d]+)\u201d|\u201e([^\u201c\u201e]+)\u201c|\u00ab([^\u00ab\u00bb]+)\u00bb'
)
_HAS = re.compile(r"(?<!\S)(-?)has:(\w+)(?!\S)", re.IGNORECASE)
_EXCLUDED = re.compile(r"(?<!\S)-(\w\S*)")


@dataclass(frozen=True)
class Query:
    """`text` is without operators. Phrases and excluded words are codes. `has`: what must be there, or must not."""

    text: str
    phrases: Sequence[Sequence[int]] = ()
    excluded: Sequence[int] = ()
    has: Mapping[str, bool] = field(default_factory=dict)


def parse(typed: str, *, features: Collection[str] = ()) -> Query:
    """Everything that is not a valid operator is text: a lone quote, a dash between spaces.

    `features` are what `has:` may name.
    """
    has: dict[str, bool] = {}

    def taken(match: re.Match[str]) -> str:
        if match[2].lower() not in features:
            return match[0]
        has[match[2].lower()] = not match[1]
        return " "

    typed = _HAS.sub(taken, typed)
    excluded = [code for match in _EXCLUDED.finditer(typed) for code in codes(match[1])]
    text = _EXCLUDED.sub(" ", typed)
    phrases = [codes(next(filter(None, match.groups()))) for match in _PHRASE.finditer(text)]
    return Query(text, [phrase for phrase in phrases if phrase], excluded, has)
