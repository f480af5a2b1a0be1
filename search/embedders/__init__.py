"""The interface of embedding models, which turn texts into vectors."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from base.text import storable
from search.arrays import Vector, np
from search.index.chunking import tokens_per_character

# Servers do not truncate long texts reliably, so texts are truncated before they are sent.
MAX_TOKENS = 1_500


@dataclass(frozen=True)
class Rejected:
    """The model refuses this one text. The other texts of the batch are not affected."""

    error: str


class Embedder(Protocol):
    """One embedding model. Vectors have unit length; a text that means nothing to the model has the zero vector."""

    backend: str
    model: str
    prefixes: str

    def dimensions(self) -> int: ...

    def check(self) -> None:
        """Check whether the model can be used now. Raises EmbedderUnavailable."""

    def embed_documents(
        self, texts: Sequence[str], *, within: float | None = None, text_waits: bool = False
    ) -> list[Vector | Rejected]:
        """One result per text, in order. `within` limits the seconds for all of them together; None is no limit.

        `text_waits`: the texts can't be found before this returns. A model that is too slow for that is not asked
        again for a while, but it counts as available. Raises EmbedderUnavailable or EmbedderSlow.
        """

    def embed_query(self, text: str) -> Vector:
        """The vector of a search query, within two seconds. Raises EmbedderUnavailable."""


def truncated(text: str) -> str:
    """The text as a tokenizer accepts it (no lone surrogates), cut to `MAX_TOKENS`."""
    tokens = tokens_per_character(text) * len(text)
    return storable(text if tokens <= MAX_TOKENS else text[: int(len(text) * MAX_TOKENS / tokens)])


def unit_vector(vector: Vector) -> Vector:
    """The vector scaled to length 1; the zero vector stays zero."""
    length = float(np.linalg.norm(vector))
    return np.asarray(vector / length if length else vector, dtype=np.float32)
