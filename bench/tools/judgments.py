"""Measures of a ranking against what was judged relevant."""

import math
from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass

import numpy as np

COLUMNS = ("recall@10", "hit@5", "MRR", "nDCG@10")


@dataclass(frozen=True)
class Judged:
    """What a search ranked, best first, and what is relevant (at least one)."""

    ranked: Sequence[Hashable]
    relevant: Collection[Hashable]

    def measures(self) -> tuple[float, float, float, float]:
        hits = [key in self.relevant for key in self.ranked[:10]]
        best = min(len(self.relevant), 10)
        gain = sum(hit / math.log2(rank + 2) for rank, hit in enumerate(hits))
        ideal = sum(1 / math.log2(rank + 2) for rank in range(best))
        first = next((1 / (rank + 1) for rank, hit in enumerate(hits) if hit), 0.0)
        return sum(hits) / best, float(any(hits[:5])), first, gain / ideal


def means(judged: Sequence[Judged]) -> tuple[float, ...]:
    return tuple(float(value) for value in np.mean([one.measures() for one in judged], axis=0))


def area_under_curve(answerable: Sequence[float], unanswerable: Sequence[float]) -> float:
    """How often the best score of a question that has an answer is above that of one that has none."""
    above = np.subtract.outer(np.array(answerable), np.array(unanswerable))
    return float(np.mean((above > 0) + 0.5 * (above == 0)))
