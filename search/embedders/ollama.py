"""Embeddings from an Ollama server, with the prefixes that its models were trained with."""

import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import requests
from django.utils.translation import gettext as _

from search.embedders import Rejected, Vector, clipped, unit
from search.errors import EmbedderUnavailable

BACKEND = "ollama"
BATCH = 32  # texts a request
PROBE = "water"  # a text that no model refuses
# Seconds to connect and to the answer. The first call after idle loads the model.
DOCUMENT_TIMEOUT = (2.0, 60.0)
QUERY_TIMEOUT = (0.5, 1.5)  # together the two seconds that a search may wait
# Seconds without asking after a failure: a server that hangs would cost each search its whole bound.
REST = 5.0

# (what is stored, what is asked). Without them nomic's recall@1 falls from above MiniLM's 0.875 to 0.500.
PREFIXES = {
    "nomic-embed-text": ("search_document: ", "search_query: "),
    "mxbai-embed-large": ("", "Represent this sentence for searching relevant passages: "),
}
WIDTHS = {"nomic-embed-text": 768, "mxbai-embed-large": 1024, "all-minilm": 384, "bge-m3": 1024}

_resting: dict[tuple[str, str], tuple[float, str]] = {}


class BadText(Exception):
    """The server refused this very request; whether for its text is not known yet."""


class OllamaEmbedder:
    backend = BACKEND

    def __init__(self, base_url: str, model: str) -> None:
        self.base_url = base_url.rstrip("/")
        self.model = model
        self._document_prefix, self._query_prefix = PREFIXES.get(model.partition(":")[0], ("", ""))
        self.prefixes = f"{self._document_prefix}|{self._query_prefix}"

    def dimensions(self) -> int:
        known = WIDTHS.get(self.model.partition(":")[0])
        return known or len(self._ask([PROBE], QUERY_TIMEOUT)[0])

    def has_model(self) -> bool:
        """Whether the server answers and has the model; never raises."""
        try:
            answer = requests.get(f"{self.base_url}/api/tags", timeout=QUERY_TIMEOUT, allow_redirects=False)
            names = [entry["name"] for entry in answer.json()["models"]]
        except (requests.RequestException, ValueError, KeyError, TypeError):
            return False
        return self.model in names or f"{self.model}:latest" in names

    def embed_documents(self, texts: Sequence[str], *, hurried: bool = False) -> list[Vector | Rejected]:
        timeout = QUERY_TIMEOUT if hurried else DOCUMENT_TIMEOUT
        if texts and not hurried:
            self._greet()
        answers: list[Vector | Rejected] = []
        for start in range(0, len(texts), BATCH):
            batch = [self._document_prefix + clipped(text) for text in texts[start : start + BATCH]]
            try:
                answers += self._checked(batch, timeout)
            except BadText:
                # One bad item fails the whole batch, and any failure can be a 400: is it the server or a text?
                self._probe(timeout)
                answers += [self._embed_alone(text, timeout) for text in batch]
        return answers

    def embed_query(self, text: str) -> Vector:
        try:
            return self._checked([self._query_prefix + clipped(text)], QUERY_TIMEOUT)[0]
        except BadText as error:
            raise EmbedderUnavailable(str(error)) from error

    def _greet(self) -> None:
        """A server that hangs would keep texts from being found by their words for as long as embedding may take."""
        self._refuse_while_resting()
        try:
            requests.get(f"{self.base_url}/api/version", timeout=QUERY_TIMEOUT, allow_redirects=False)
        except requests.RequestException as error:
            raise self._rest(_("The Ollama server at %(url)s is not answering.") % {"url": self.base_url}) from error

    def _embed_alone(self, text: str, timeout: tuple[float, float]) -> Vector | Rejected:
        for part in (text, text[: len(text) // 2]):
            try:
                return self._checked([part], timeout)[0]
            except BadText as error:
                reason = str(error)
        self._probe(timeout)  # a server that fell over in the meantime is no reason to give up on a text
        return Rejected(reason)

    def _probe(self, timeout: tuple[float, float]) -> None:
        try:
            self._checked([self._document_prefix + PROBE], timeout)
        except BadText as error:
            raise self._rest(str(error)) from error

    def _checked(self, texts: Sequence[str], timeout: tuple[float, float]) -> list[Vector]:
        answers = self._ask(texts, timeout)
        try:
            vectors = [unit(np.asarray(vector, dtype=np.float32)) for vector in answers]
        except (TypeError, ValueError) as error:
            raise BadText(_("The model answered with numbers that are none.")) from error
        width = self.dimensions()
        if any(vector.shape != (width,) for vector in vectors):
            raise self._rest(_("%(model)s answered with vectors of another width.") % {"model": self.model})
        if not all(np.isfinite(vector).all() for vector in vectors):
            raise BadText(_("The model answered with numbers that are none."))
        return vectors

    def _ask(self, texts: Sequence[str], timeout: tuple[float, float]) -> list[list[float]]:
        self._refuse_while_resting()
        try:
            answer = requests.post(
                f"{self.base_url}/api/embed",
                json={"model": self.model, "input": list(texts)},
                timeout=timeout,
                allow_redirects=False,
            )
            body: Any = answer.json()
        except (requests.RequestException, ValueError) as error:
            if isinstance(error, requests.ReadTimeout) and len(texts) > 1 and timeout == DOCUMENT_TIMEOUT:
                # A slow processor may be done with each of them in time; the same batch again never would be.
                raise BadText(str(error)) from error
            raise self._rest(_("The Ollama server at %(url)s is not answering.") % {"url": self.base_url}) from error
        if answer.status_code == 200 and _is_list_of(body, len(texts)):
            vectors: list[list[float]] = body["embeddings"]
            return vectors
        raise self._failure(answer.status_code, body)

    def _failure(self, status: int, body: Any) -> Exception:
        said = str(body.get("error", "")) if isinstance(body, dict) else ""
        if status in (400, 413, 422, 500):
            return BadText(said or f"HTTP {status}")
        if status == 404:
            words = _("The model %(model)s is not on the Ollama server. Run: ollama pull %(model)s")
            return self._rest(words % {"model": self.model})
        return self._rest(_("The Ollama server is busy or failing: %(said)s") % {"said": said or f"HTTP {status}"})

    def _rest(self, reason: str) -> EmbedderUnavailable:
        _resting[self.base_url, self.model] = (time.monotonic() + REST, reason)
        return EmbedderUnavailable(reason)

    def _refuse_while_resting(self) -> None:
        until, reason = _resting.get((self.base_url, self.model), (0.0, ""))
        if time.monotonic() < until:
            raise EmbedderUnavailable(reason)


def _is_list_of(body: Any, count: int) -> bool:
    vectors = body.get("embeddings") if isinstance(body, dict) else None
    return isinstance(vectors, list) and len(vectors) == count
