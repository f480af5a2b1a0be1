import json
import math
import subprocess
import sys

import pytest
import requests

from tests.stand_ins.ollama import OllamaStandIn
from tests.stand_ins.vectors import embed


def cosine(one: list[float], other: list[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def test_vectors_have_unit_length_in_any_width() -> None:
    for width in (3, 256, 768, 1024):
        assert math.isclose(cosine(embed("some text", width), embed("some text", width)), 1.0)


def test_texts_that_share_words_are_nearer_than_others() -> None:
    query = embed("search_query: how does a cell divide", 768)
    assert cosine(query, embed("search_document: when a cell does divide", 768)) > 0.5
    assert cosine(query, embed("search_document: the French revolution began", 768)) < 0.3


def test_a_batch_is_embedded_in_order_and_fails_as_a_whole_for_one_bad_text(ollama: OllamaStandIn) -> None:
    ollama.bad_text = "poison"
    body = {"model": "nomic-embed-text", "input": ["one", "two"]}
    assert requests.post(f"{ollama.url}/api/embed", json=body, timeout=5).json()["embeddings"][1] == embed("two", 768)
    body["input"] = ["one", "poison"]
    assert requests.post(f"{ollama.url}/api/embed", json=body, timeout=5).status_code == 400


def test_down_refuses_and_up_comes_back_on_the_same_port(ollama: OllamaStandIn) -> None:
    port = ollama.port
    ollama.down()
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{ollama.url}/api/version", timeout=5)
    ollama.up()
    assert ollama.port == port
    assert requests.get(f"{ollama.url}/api/version", timeout=5).ok


def test_a_hanging_server_does_not_answer(ollama: OllamaStandIn) -> None:
    ollama.hanging = True
    with pytest.raises(requests.ReadTimeout):
        requests.get(f"{ollama.url}/api/version", timeout=0.2)


def test_a_pull_ends_with_success_and_the_model_is_there(ollama: OllamaStandIn) -> None:
    response = requests.post(f"{ollama.url}/api/pull", json={"model": "qwen3"}, timeout=5)
    assert json.loads(response.text.splitlines()[-1]) == {"status": "success"}
    assert "qwen3:latest" in ollama.models


def test_it_runs_as_a_process_whose_switches_can_be_set() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.stand_ins.ollama", "--port", "0"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        requests.post(f"{url}/_stand_in", json={"status": 503}, timeout=5)
        response = requests.post(f"{url}/api/chat", json={"model": "llama3.2", "messages": []}, timeout=5)
        assert response.status_code == 503
    finally:
        process.terminate()
        process.communicate()
