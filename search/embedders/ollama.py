"""Embeddings from an Ollama server, with the prefixes that the models were trained with."""

import math
import time
from collections.abc import Sequence
from functools import partial
from typing import Any

import requests
from django.utils.translation import gettext as _

from search.arrays import Vector, np
from search.embedders import Rejected, truncated, unit_vector
from search.embedders.availability import availability_of
from search.embedders.deadlines import Patience, within
from search.errors import EmbedderUnavailable
from search.metrics import timed_embedding

BACKEND = "ollama"
BATCH = 32  # texts per request
PROBE = "water"  # a text that every model accepts
# Seconds for each request with documents. The first one after a pause loads the model.
DOCUMENT_TIMEOUT = 60.0
QUERY_TIMEOUT = 1.5  # seconds for a whole query, so that a search, or a reply that searches, takes two at most
CONNECT_TIMEOUT = 2.0

# model: (prefix of a document, prefix of a query). With them, nomic's recall@1 is above MiniLM's 0.875; without them,
# it is 0.500.
PREFIXES = {
    "nomic-embed-text": ("search_document: ", "search_query: "),
    "mxbai-embed-large": ("", "Represent this sentence for searching relevant passages: "),
}
DIMENSIONS = {"nomic-embed-text": 768, "mxbai-embed-large": 1024, "all-minilm": 384, "bge-m3": 1024}


class BadRequest(Exception):
    """The server refused this request. The cause may be one of the texts or the server itself."""


class OllamaEmbedder:
    backend = BACKEND

    def __init__(self, base_url: str, model: str, dimensions: int | None = None) -> None:
        """`dimensions` is what the table needs; by default, what the model is known to have. Others are refused."""
        self._dimensions = dimensions or DIMENSIONS.get(model.partition(":")[0])
        self.base_url = base_url.rstrip("/")
        self.model = model
        self._availability = availability_of(self.base_url, model)
        self._document_prefix, self._query_prefix = PREFIXES.get(model.partition(":")[0], ("", ""))
        self.prefixes = f"{self._document_prefix}|{self._query_prefix}"

    def dimensions(self) -> int:
        if self._dimensions is None:
            self._availability.refuse_during_cooldown()
            try:
                self._dimensions = len(self._request([PROBE], Patience(QUERY_TIMEOUT))[0])
            except (BadRequest, TypeError) as error:
                raise self._availability.failed(str(error)) from error
        return self._dimensions

    def has_model(self) -> bool:
        """Whether the server answers and has the model. Never raises."""
        try:
            response = _get(f"{self.base_url}/api/tags")
            names = [entry["name"] for entry in response.json()["models"]]
        except (requests.RequestException, ValueError, KeyError, TypeError):
            return False
        return self.model in names or f"{self.model}:latest" in names

    def check(self) -> None:
        if not self.has_model():
            raise EmbedderUnavailable(f"Ollama does not answer or lacks {self.model}")

    def embed_documents(
        self, texts: Sequence[str], *, within: float | None = None, text_waits: bool = False
    ) -> list[Vector | Rejected]:
        if not texts:
            return []
        if text_waits:
            self._availability.refuse_while_slow()
        self._availability.refuse_during_cooldown()
        if within is None:
            self._require_answering_server()
            return self._embed_all(texts, Patience(DOCUMENT_TIMEOUT))
        results = self._embed_all(texts, Patience(within, time.monotonic() + within, text_waits))
        if text_waits:
            self._availability.in_time()
        return results

    def embed_query(self, text: str) -> Vector:
        self._availability.refuse_during_cooldown()
        try:
            patience = Patience(QUERY_TIMEOUT, time.monotonic() + QUERY_TIMEOUT)
            return self._embed([self._query_prefix + truncated(text)], patience)[0]
        except BadRequest as error:
            raise EmbedderUnavailable(str(error)) from error

    def _require_answering_server(self) -> None:
        """Notice within two seconds when the server hangs, before a request that may take a minute."""
        try:
            within(QUERY_TIMEOUT, partial(_get, f"{self.base_url}/api/version"))
        except (requests.RequestException, TimeoutError) as error:
            raise self._not_answering() from error

    def _embed_all(self, texts: Sequence[str], patience: Patience) -> list[Vector | Rejected]:
        results: list[Vector | Rejected] = []
        for start in range(0, len(texts), BATCH):
            batch = [self._document_prefix + truncated(text) for text in texts[start : start + BATCH]]
            try:
                results += self._embed(batch, patience)
            except BadRequest:
                # One bad text fails the whole batch, and a failing server answers 400 too: find out which it is.
                self._probe(patience)
                results += [self._embed_alone(text, patience) for text in batch]
        return results

    def _embed_alone(self, text: str, patience: Patience) -> Vector | Rejected:
        """Embed one text of a batch that failed; if the model refuses it, embed its first half."""
        for part in (text, text[: len(text) // 2]):
            try:
                return self._embed([part], patience)[0]
            except BadRequest as error:
                reason = str(error)
        self._probe(patience)  # the server may have failed in the meantime, which is not the text's fault
        return Rejected(reason)

    def _probe(self, patience: Patience) -> None:
        """Embed a harmless text. Raises EmbedderUnavailable when even that fails."""
        try:
            self._embed([self._document_prefix + PROBE], patience)
        except BadRequest as error:
            raise self._availability.failed(str(error)) from error

    def _embed(self, texts: Sequence[str], patience: Patience) -> list[Vector]:
        """Request vectors and check them. Raises BadRequest or EmbedderUnavailable."""
        with timed_embedding(BACKEND):
            embeddings = self._request(texts, patience)
        try:
            vectors = [unit_vector(np.asarray(vector, dtype=np.float32)) for vector in embeddings]
        except (TypeError, ValueError) as error:
            raise BadRequest(_("The model returned vectors that are not numbers.")) from error
        if any(vector.shape != (self._dimensions or vector.size,) for vector in vectors):
            wrong = _("%(model)s returned vectors with the wrong number of dimensions.")
            raise self._availability.failed(wrong % {"model": self.model})
        if not all(np.isfinite(vector).all() for vector in vectors):
            raise BadRequest(_("The model returned vectors that are not numbers."))
        self._availability.answered()
        return vectors

    def _request(self, texts: Sequence[str], patience: Patience) -> list[list[float]]:
        seconds = patience.seconds
        try:
            response = within(seconds, partial(self._post, texts, seconds))
            body: Any = response.json()
        except (requests.Timeout, TimeoutError) as error:
            if patience.text_waits:
                raise self._availability.too_slow() from error
            if patience.until == math.inf and len(texts) > 1:
                # A slow CPU may embed each text alone in time; the whole batch would time out again.
                raise BadRequest(str(error)) from error
            raise self._not_answering() from error
        except (requests.RequestException, ValueError) as error:
            raise self._not_answering() from error
        if response.status_code == 200 and _has_embeddings(body, len(texts)):
            vectors: list[list[float]] = body["embeddings"]
            return vectors
        raise self._failure(response.status_code, body)

    def _post(self, texts: Sequence[str], seconds: float) -> requests.Response:
        body = {"model": self.model, "input": list(texts)}
        timeout = (min(seconds, CONNECT_TIMEOUT), seconds)
        return requests.post(f"{self.base_url}/api/embed", json=body, timeout=timeout, allow_redirects=False)

    def _failure(self, status: int, body: Any) -> Exception:
        """The error for a response without vectors. It includes the server's own message."""
        message = str(body.get("error", "")) if isinstance(body, dict) else ""
        if status in (400, 413, 422, 500):
            return BadRequest(message or f"HTTP {status}")
        if status == 404:
            missing = _("The model %(model)s is not on the Ollama server. Run: ollama pull %(model)s")
            return self._availability.failed(missing % {"model": self.model})
        failing = _("The Ollama server is busy or failing: %(message)s")
        # The server's own message may quote a text, so it is not logged.
        logged = failing % {"message": f"HTTP {status}"}
        return self._availability.failed(failing % {"message": message or f"HTTP {status}"}, logged=logged)

    def _not_answering(self) -> EmbedderUnavailable:
        return self._availability.failed(_("The Ollama server at %(url)s is not answering.") % {"url": self.base_url})


def _get(url: str) -> requests.Response:
    return requests.get(url, timeout=QUERY_TIMEOUT, allow_redirects=False)


def _has_embeddings(body: Any, count: int) -> bool:
    vectors = body.get("embeddings") if isinstance(body, dict) else None
    return isinstance(vectors, list) and len(vectors) == count
