"""Merges the results of two searches into one ranking, by a weighted sum of normalized scores."""

from collections.abc import Hashable, Mapping
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)


def fuse(words: Mapping[Key, float], meaning: Mapping[Key, float], *, weight: float) -> dict[Key, float]:
    """Scores from 0 to 1 of everything in either mapping, best first; `weight` is that of meaning.

    Rank fusion ignores how much better one result is than the next: with a weak embedder it ranked worse than
    keyword search alone (docs/decisions/0009-scores-are-summed-not-ranks.md).
    """
    by_words, by_meaning = normalized(words), normalized(meaning)
    keys = list(dict.fromkeys([*by_words, *by_meaning]))
    scores = {key: (1 - weight) * by_words.get(key, 0.0) + weight * by_meaning.get(key, 0.0) for key in keys}
    return dict(sorted(scores.items(), key=lambda item: -item[1]))


def normalized(scores: Mapping[Key, float]) -> dict[Key, float]:
    """Each score divided by the best one; a negative score counts as zero."""
    best = max(scores.values(), default=0.0)
    if best <= 0:
        return dict.fromkeys(scores, 0.0)
    return {key: max(score, 0.0) / best for key, score in scores.items()}
