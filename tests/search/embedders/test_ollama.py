import time

import numpy as np
import pytest

from search.embedders import MAX_TOKENS, Rejected, ollama
from search.embedders.ollama import OllamaEmbedder
from search.errors import EmbedderUnavailable
from tests.stand_ins.ollama import OllamaStandIn


@pytest.fixture
def embedder(ollama: OllamaStandIn, monkeypatch: pytest.MonkeyPatch) -> OllamaEmbedder:
    monkeypatch.setattr("search.embedders.availability.COOLDOWN", 0.0)
    return OllamaEmbedder(ollama.url, "nomic-embed-text")


def test_queries_have_their_own_prefix(embedder: OllamaEmbedder, ollama: OllamaStandIn) -> None:
    vector = embedder.embed_query("salt")
    assert vector.shape == (768,)
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
    assert ollama.calls[-1].body["input"] == ["search_query: salt"]


def test_texts_are_sent_in_batches_and_vectors_keep_their_order(
    embedder: OllamaEmbedder, ollama: OllamaStandIn
) -> None:
    texts = [f"text number {number}" for number in range(70)]
    vectors = embedder.embed_documents(texts)
    assert [len(call.body["input"]) for call in ollama.calls if call.body] == [32, 32, 6]
    alone = embedder.embed_documents([texts[69]])[0]
    assert isinstance(alone, np.ndarray)
    assert np.allclose(np.asarray(vectors[69]), alone)


def test_long_texts_are_truncated_before_they_are_sent(embedder: OllamaEmbedder, ollama: OllamaStandIn) -> None:
    embedder.embed_documents(["word " * 10_000, "\u4e00" * 10_000])
    english, chinese = ollama.calls[-1].body["input"]
    assert len(english) == MAX_TOKENS * 4 + len("search_document: ")
    assert len(chinese) == MAX_TOKENS + len("search_document: ")


def test_a_lone_surrogate_is_sent_as_a_replacement_character(embedder: OllamaEmbedder, ollama: OllamaStandIn) -> None:
    assert isinstance(embedder.embed_documents(["a\ud800b"])[0], np.ndarray)
    assert ollama.calls[-1].body["input"] == ["search_document: a\ufffdb"]


@pytest.mark.parametrize(
    ("switches", "message"),
    [
        ({"status": 404}, "ollama pull nomic-embed-text"),
        ({"models": []}, "ollama pull nomic-embed-text"),
        ({"status": 503, "error": "server busy"}, "server busy"),
        ({"status": 400}, "something went wrong"),
        ({"status": 500}, "something went wrong"),
        ({"broken_json": True}, "is not answering"),
        ({"redirect_to": "http://127.0.0.1:9/"}, "is not answering"),
        ({"width": 12}, "wrong number of dimensions"),
    ],
)
def test_a_failing_server_is_unavailable_and_no_text_is_rejected(
    embedder: OllamaEmbedder, ollama: OllamaStandIn, switches: dict[str, object], message: str
) -> None:
    ollama.configure(**switches)
    with pytest.raises(EmbedderUnavailable, match=message):
        embedder.embed_documents(["one", "two"])
    with pytest.raises(EmbedderUnavailable):
        embedder.embed_query("one")


def test_one_bad_text_is_rejected_alone(embedder: OllamaEmbedder, ollama: OllamaStandIn) -> None:
    ollama.configure(bad_text="poison")
    good, bad, also_good = embedder.embed_documents(["good", "poison " + "and more words " * 9, "also good"])
    assert isinstance(bad, Rejected)
    assert "context length" in bad.error
    assert isinstance(good, np.ndarray)
    assert isinstance(also_good, np.ndarray)


def test_a_hanging_server_times_out_and_gets_no_second_request(
    embedder: OllamaEmbedder, ollama: OllamaStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search.embedders.availability.COOLDOWN", 60.0)
    ollama.configure(hanging=True)
    began = time.monotonic()
    with pytest.raises(EmbedderUnavailable):
        embedder.embed_query("salt")
    assert time.monotonic() - began < 10, "the timeout is two seconds"
    calls = len(ollama.calls)
    with pytest.raises(EmbedderUnavailable):
        embedder.embed_query("salt")
    assert len(ollama.calls) == calls


def test_the_dimensions_of_an_unknown_model_are_measured(ollama: OllamaStandIn) -> None:
    ollama.configure(models=["home-made:latest"], width=48)
    assert OllamaEmbedder(ollama.url, "home-made").dimensions() == 48


def test_a_query_waits_two_seconds_at_most() -> None:
    assert ollama.QUERY_TIMEOUT <= 2
