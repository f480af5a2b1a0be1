"""Generates messages: vectors around topics, random words, and owners of 10 %, 1 % and 0.1 % of all messages."""

from dataclasses import dataclass
from uuid import UUID

import numpy as np
import numpy.typing as npt

DIMENSIONS = 768
TOPICS = 300
VOCABULARY = 20_000
WORDS = 40  # per message
QUERIES = 100
SHARES = (0.1, 0.01, 0.001)
OTHER_OWNERS = 400  # owners who share the remaining messages


@dataclass(frozen=True)
class Messages:
    vectors: npt.NDArray[np.float32]
    texts: list[str]
    owners: list[UUID]
    query_vectors: npt.NDArray[np.float32]
    query_texts: list[str]

    def rows_of(self, owner: UUID) -> npt.NDArray[np.intp]:
        return np.flatnonzero(np.array([other == owner for other in self.owners]))

    def nearest(self, owner: UUID, query: int, limit: int = 10) -> set[int]:
        """The owner's rows with the highest cosine similarity to the query, in full precision."""
        rows = self.rows_of(owner)
        scores = self.vectors[rows] @ self.query_vectors[query]
        return {int(row) for row in rows[np.argsort(-scores)[:limit]]}


def owner_of_share(share: float) -> UUID:
    return UUID(int=round(1 / share))


def generate(count: int) -> Messages:
    random = np.random.default_rng(7)
    centers = random.standard_normal((TOPICS, DIMENSIONS), dtype=np.float32)
    topics = random.integers(0, TOPICS, count + QUERIES)
    vectors = centers[topics] + random.standard_normal((count + QUERIES, DIMENSIONS), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    # Words follow Zipf's law, as in natural language: a few are in nearly every message, most in very few.
    words = random.zipf(1.3, (count + QUERIES, WORDS)) % VOCABULARY
    texts = [" ".join(f"w{word}" for word in row) for row in words]
    owners = [UUID(int=10**6 + number % OTHER_OWNERS) for number in range(count)]
    shuffled, start = random.permutation(count), 0
    for share in SHARES:
        size = max(round(count * share), 10)
        for row in shuffled[start : start + size]:
            owners[row] = owner_of_share(share)
        start += size
    query_texts = [" ".join(text.split()[:6]) for text in texts[count:]]
    return Messages(vectors[:count], texts[:count], owners, vectors[count:], query_texts)
