"""The embedding model that is always there: static word vectors out of a wheel, no server, no download."""

import threading
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from search.embedders import Rejected, Vector, clipped, unit

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

    def embed_documents(self, texts: Sequence[str], *, hurried: bool = False) -> list[Vector | Rejected]:
        return list(_vectors(texts))

    def embed_query(self, text: str) -> Vector:
        return _vectors([text])[0]


def _vectors(texts: Sequence[str]) -> list[Vector]:
    if not texts:
        return []
    with _loading:  # two threads that come first would load it twice
        model = _model()
    answers = np.asarray(model.embed([clipped(text) for text in texts]), dtype=np.float32)
    return [unit(vector) for vector in answers]


@cache
def _model() -> Any:
    # Late: 0.25 s and 16 MB that a process which never embeds need not spend.
    import wordllama

    # Its own look-up has a wrong folder and then tries the network; the weights lie in the wheel.
    return wordllama.WordLlama.load(cache_dir=Path(wordllama.__file__).parent, disable_download=True)
