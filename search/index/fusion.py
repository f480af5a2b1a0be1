"""One list out of two searches: by a weighted sum of normalised scores."""

from collections.abc import Hashable, Mapping
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)


def fuse(words: Mapping[Key, float], meaning: Mapping[Key, float], *, weight: float) -> dict[Key, float]:
    """Scores from 0 to 1 of everything in either list, best first; `weight` is the share of meaning.

    Rank fusion throws away how much better a hit is than the next: with a weak embedder it was worse than words alone.
    """
    by_words, by_meaning = normalised(words), normalised(meaning)
    keys = list(dict.fromkeys([*by_words, *by_meaning]))
    scores = {key: (1 - weight) * by_words.get(key, 0.0) + weight * by_meaning.get(key, 0.0) for key in keys}
    return dict(sorted(scores.items(), key=lambda item: -item[1]))


def normalised(scores: Mapping[Key, float]) -> dict[Key, float]:
    """The scores as shares of the best; what is below zero counts as zero."""
    best = max(scores.values(), default=0.0)
    if best <= 0:
        return dict.fromkeys(scores, 0.0)
    return {key: max(score, 0.0) / best for key, score in scores.items()}
