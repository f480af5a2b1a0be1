"""Ranks sentences by word overlap: by how near they are to a question, or by how central they are to a text."""

import math
from collections import Counter
from collections.abc import Sequence

from providers.builtin.sentences import keywords
from providers.builtin.stemming import language_of

# A sentence that covers less than this share of the question's weight is about something else.
MIN_OVERLAP = 0.2


def nearest(question: str, candidates: Sequence[str], *, limit: int) -> list[int]:
    """Indexes of the candidates nearest to the question, best first. Those that share too few words are left out."""
    language = language_of([question], candidates)
    question_words = set(keywords(question, language))
    if not question_words:
        return []
    bags = [set(keywords(candidate, language)) for candidate in candidates]
    weights = _rarity(bags)
    # A word that is in no candidate still counts: a candidate that answers half the question is not a full match.
    total = sum(weights.get(word, 1.0) for word in question_words)
    scores = {index: sum(weights[word] for word in question_words & bag) / total for index, bag in enumerate(bags)}
    near_enough = [index for index, score in scores.items() if score >= MIN_OVERLAP]
    return sorted(near_enough, key=lambda index: (-scores[index], len(bags[index]), index))[:limit]


def central(candidates: Sequence[str], *, limit: int) -> list[int]:
    """Indexes of the sentences with the most words that many sentences share, most central first."""
    language = language_of(candidates)
    bags = [keywords(candidate, language) for candidate in candidates]
    counts = Counter(word for bag in bags for word in set(bag))

    def weight(index: int) -> float:
        bag = set(bags[index])
        # The square root keeps long sentences from winning by length alone.
        return sum(counts[word] - 0.5 for word in bag) / math.sqrt(len(bag)) if len(bag) > 1 else 0.0

    return sorted(range(len(bags)), key=lambda index: (-weight(index), index))[:limit]


def _rarity(bags: Sequence[set[str]]) -> dict[str, float]:
    counts = Counter(word for bag in bags for word in bag)
    return {word: 1.0 + math.log(len(bags) / count) / 4 for word, count in counts.items()}
