"""The built-in embedding model: static word vectors from a wheel, without a server or a download."""

import threading
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from search.arrays import Array, Vector, np
from search.embedders import Rejected, truncated, unit_vector
from search.metrics import timed_embedding

BACKEND = "builtin"
MODEL = "wordllama-256"
DIMENSIONS = 256

_loading = threading.Lock()


class BuiltinEmbedder:
    backend = BACKEND
    model = MODEL
    prefixes = ""

    def dimensions(self) -> int:
        return DIMENSIONS

    def check(self) -> None:
        """The model is part of the installation, so it can always be used."""

    def embed_documents(
        self, texts: Sequence[str], *, within: float | None = None, text_waits: bool = False
    ) -> list[Vector | Rejected]:
        return list(_vectors(texts))

    def embed_query(self, text: str) -> Vector:
        return _vectors([text])[0]


def word_vectors(words: Sequence[str]) -> Array:
    """One row for each word, not of unit length: the model has learned short vectors for words that say little."""
    with _loading:
        model = _model()
    tokens = [model.tokenizer.encode(word, add_special_tokens=False).ids for word in words]
    sums = [model.embedding[ids].sum(axis=0) if ids else np.zeros(DIMENSIONS) for ids in tokens]
    return np.asarray(sums, dtype=np.float32).reshape(len(words), DIMENSIONS)


def _vectors(texts: Sequence[str]) -> list[Vector]:
    if not texts:
        return []
    with _loading:  # without the lock, two threads that need the model first would both load it
        model = _model()
    with timed_embedding(BACKEND):
        vectors = np.asarray(model.embed([truncated(text) for text in texts]), dtype=np.float32)
    return [unit_vector(vector) for vector in vectors]


@cache
def _model() -> Any:
    # Imported late: it takes 0.25 s and 16 MB, which a process that never embeds does not need.
    import wordllama

    # wordllama's own look-up uses a wrong folder and then the network; the weights are inside the wheel.
    return wordllama.WordLlama.load(cache_dir=Path(wordllama.__file__).parent, disable_download=True)
