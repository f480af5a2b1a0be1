import numpy as np
import pytest

from search.embedders.builtin import BuiltinEmbedder


def test_vectors_have_unit_length_and_similar_texts_are_near() -> None:
    embedder = BuiltinEmbedder()
    cat, kitten, rates = (np.asarray(v) for v in embedder.embed_documents(["a cat", "a kitten", "interest rates"]))
    assert np.linalg.norm(cat) == pytest.approx(1, abs=1e-5)
    assert cat @ kitten > cat @ rates
    assert embedder.dimensions() == len(cat) == len(embedder.embed_query("cat"))


@pytest.mark.parametrize("text", ["", " ", "\0", "\ud800", "\u202e", "x" * 100_000, "検索"])
def test_unusual_texts_have_vectors_too(text: str) -> None:
    vector = BuiltinEmbedder().embed_query(text)
    assert np.isfinite(vector).all()
