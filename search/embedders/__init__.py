"""Turning texts into vectors: what an embedding model must offer, whichever it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from search.index.chunking import tokens_per_character

Vector = npt.NDArray[np.float32]

# Servers cut too long texts unreliably, so we do.
MOST_TOKENS = 1_500


@dataclass(frozen=True)
class Rejected:
    """The model will not take this one text; the others are not affected."""

    error: str


class Embedder(Protocol):
    """One embedding model. Vectors are of unit length; a text without meaning for the model is all zeros."""

    backend: str
    model: str
    prefixes: str

    def dimensions(self) -> int: ...

    def embed_documents(self, texts: Sequence[str], *, hurried: bool = False) -> list[Vector | Rejected]:
        """One answer per text, in order; `hurried` while somebody waits: two seconds. Raises EmbedderUnavailable."""

    def embed_query(self, text: str) -> Vector:
        """The vector to search with, within two seconds. Raises EmbedderUnavailable."""


def clipped(text: str) -> str:
    """The text as a tokenizer takes it (no lone surrogates), and no longer than it should get."""
    tokens = tokens_per_character(text) * len(text)
    kept = text if tokens <= MOST_TOKENS else text[: int(len(text) * MOST_TOKENS / tokens)]
    return kept.encode("utf-8", "replace").decode()


def unit(vector: npt.NDArray[np.float32]) -> Vector:
    length = float(np.linalg.norm(vector))
    return np.asarray(vector / length if length else vector, dtype=np.float32)
