"""Cutting long texts into pieces that an embedding model can take in."""

import re

CHUNK = 4_000  # characters, about 1,000 tokens of English
CHUNK_TOKENS = 1_400  # what an embedding model takes in whole; in Chinese that is about as many characters
OVERLAP = 200  # characters that two neighbours share, so that a thought on the border is whole in one of them

# Where a cut hurts least, best first: paragraph, line, sentence (also of CJK), word.
BORDERS = [re.compile(pattern) for pattern in (r"\n\s*\n", r"\n", r"[.!?…]\s|[\u3002\uff01\uff1f]", r"\s")]


def tokens_per_character(text: str) -> float:
    """About how many tokens one character takes: a quarter in ASCII, a whole one beyond."""
    plain = len(text.encode("ascii", "ignore"))
    return 1 - 0.75 * plain / len(text) if text else 0.25


def chunk_size(text: str) -> int:
    return min(CHUNK, int(CHUNK_TOKENS / tokens_per_character(text)))


def chunks(text: str, *, size: int | None = None, overlap: int = OVERLAP) -> list[str]:
    """`text` in pieces of at most `size` characters; a short text is one piece, an empty one too."""
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
    """The last border in `text[low:high]`, of the best kind there is; `high` where there is none."""
    for border in BORDERS:
        ends = [match.end() for match in border.finditer(text, low, high)]
        if ends:
            return ends[-1]
    return high


def _next_start(text: str, low: int, end: int) -> int:
    """The first word that begins in `text[low:end]`; `low` where there is none."""
    match = BORDERS[-1].search(text, low, end - 1)
    return match.end() if match else low
