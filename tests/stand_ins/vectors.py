"""Embeddings without a model: each word of a text is hashed to a few positions in the vector."""

import math
import re
from hashlib import blake2b

POSITIONS_PER_WORD = 8
TASK_PREFIX = re.compile(r"^search_(?:document|query): ")


def embed(text: str, width: int) -> list[float]:
    """A unit vector. Texts that share words are near each other, and a text has the same vector in every process."""
    vector = [0.0] * width
    for word in re.findall(r"\w+", TASK_PREFIX.sub("", text).casefold()) or [""]:
        for position in range(POSITIONS_PER_WORD):
            number = int.from_bytes(blake2b(f"{word}/{position}".encode(), digest_size=8).digest())
            vector[number % width] += 1.0 if number >> 63 else -1.0
    length = math.sqrt(sum(value * value for value in vector)) or 1.0
    return [value / length for value in vector]
