"""Splits long texts into chunks that fit an embedding model."""

import re

MAX_CHARACTERS = 4_000  # per chunk; about 1,000 tokens of English
MAX_TOKENS = 1_400  # per chunk; in Chinese about as many characters
OVERLAP = 200  # characters that neighboring chunks share, so that a phrase at a boundary is complete in one of them

# Where to split, best first: paragraph, line, sentence (CJK punctuation too), word.
BOUNDARIES = [re.compile(pattern) for pattern in (r"\n\s*\n", r"\n", r"[.!?…]\s|[\u3002\uff01\uff1f]", r"\s")]


def tokens_per_character(text: str) -> float:
    """An estimate: a quarter of a token for an ASCII character, one token for any other."""
    ascii_characters = len(text.encode("ascii", "ignore"))
    return 1 - 0.75 * ascii_characters / len(text) if text else 0.25


def chunk_size(text: str) -> int:
    return min(MAX_CHARACTERS, int(MAX_TOKENS / tokens_per_character(text)))


def chunks(text: str, *, size: int | None = None, overlap: int = OVERLAP) -> list[str]:
    """`text` in chunks of at most `size` characters. A short or empty text is one chunk."""
    size = size or chunk_size(text)
    pieces: list[str] = []
    start = 0
    while len(text) - start > size:
        end = _end(text, start + size // 2, start + size)
        pieces.append(text[start:end])
        start = _next_start(text, max(end - overlap, start + 1), end)
    pieces.append(text[start:])
    return pieces


def _end(text: str, low: int, high: int) -> int:
    """The last boundary of the best kind in `text[low:high]`; `high` if there is none."""
    for boundary in BOUNDARIES:
        ends = [match.end() for match in boundary.finditer(text, low, high)]
        if ends:
            return ends[-1]
    return high


def _next_start(text: str, low: int, end: int) -> int:
    """The first start of a word in `text[low:end]`; `low` if no word starts there."""
    match = BOUNDARIES[-1].search(text, low, end - 1)
    return match.end() if match else low
