import numpy as np
import pytest

from search.errors import EmbedderUnavailable
from search.queries import embed_texts, embedder_status, embedding_backend
from tests.stand_ins.ollama import OllamaStandIn


def test_texts_are_embedded_by_the_built_in_model() -> None:
    assert embedding_backend() == "builtin"
    cat, kitten, rates = (np.asarray(vector) for vector in embed_texts(["a cat", "a kitten", "interest rates"]))
    assert cat @ kitten > cat @ rates


def test_a_text_that_the_model_rejects_has_no_vector(with_ollama: OllamaStandIn) -> None:
    assert embedding_backend() == "ollama"
    with_ollama.configure(bad_text="poison")
    good, bad = embed_texts(["good", "poison " + "and more words " * 9])
    assert good is not None
    assert bad is None


def test_texts_are_not_embedded_while_the_model_is_unavailable(with_ollama: OllamaStandIn) -> None:
    with_ollama.configure(status=503)
    with pytest.raises(EmbedderUnavailable):
        embed_texts(["good"])


def test_the_status_of_the_model_has_its_dimensions_or_its_error(with_ollama: OllamaStandIn) -> None:
    status = embedder_status()
    assert (status.backend, status.model, status.dimensions, status.error) == ("ollama", "nomic-embed-text", 768, "")
    with_ollama.configure(models=[])
    assert embedder_status().dimensions is None
    assert "lacks nomic-embed-text" in embedder_status().error
