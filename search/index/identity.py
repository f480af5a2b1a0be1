"""How a table's vectors were made. Vectors of two different identities can't be compared."""

import zlib
from dataclasses import dataclass

from django.conf import settings

from search.embedders import Embedder
from search.embedders.builtin import BACKEND as BUILTIN
from search.embedders.builtin import BuiltinEmbedder
from search.embedders.ollama import BACKEND as OLLAMA
from search.embedders.ollama import OllamaEmbedder
from search.models import IndexTable, TableState
from search.registry import Entity

ENGINE_VERSION = 4  # increase it when the columns that every table has, the texts, the chunking or the words change
NO_VECTORS = "none"


@dataclass(frozen=True)
class Identity:
    backend: str
    model: str
    dimensions: int
    prefixes: str
    schema_version: int


def embedder_of(row: IndexTable) -> Embedder:
    """The embedder that made the table's vectors."""
    if row.backend == OLLAMA:
        return OllamaEmbedder(settings.OLLAMA_BASE_URL, row.model, row.dimensions)
    return BuiltinEmbedder()


def configured_embedder() -> Embedder:
    """The embedder that EMBEDDINGS selects. `auto` chooses once; later, the existing tables determine the choice."""
    ollama = OllamaEmbedder(settings.OLLAMA_BASE_URL, settings.OLLAMA_EMBED_MODEL)
    backend = settings.EMBEDDINGS
    if backend == "auto":
        backend = _chosen_backend() or (OLLAMA if ollama.has_model() else BUILTIN)
    return ollama if backend == OLLAMA else BuiltinEmbedder()


def configured_identity(entity: Entity) -> Identity:
    """The identity that the entity's table should have. Raises EmbedderUnavailable if the dimensions are not known."""
    schema_version = _schema_version(entity)
    if not entity.embedded:
        return Identity(NO_VECTORS, "", 0, "", schema_version)
    embedder = configured_embedder()
    return Identity(embedder.backend, embedder.model, embedder.dimensions(), embedder.prefixes, schema_version)


def identity_of(row: IndexTable) -> Identity:
    return Identity(row.backend, row.model, row.dimensions, row.prefixes, row.schema_version)


def _chosen_backend() -> str | None:
    """The backend of the newest table. Retired tables count: losing the LanceDB directory must not change the model."""
    rows = IndexTable.objects.exclude(backend=NO_VECTORS).order_by("-created_at")
    row = rows.exclude(state=TableState.RETIRED).first() or rows.first()
    return row.backend if row else None


def _schema_version(entity: Entity) -> int:
    columns = [(column.name, column.kind) for column in entity.columns]
    return zlib.crc32(repr((ENGINE_VERSION, columns)).encode()) & 0x7FFFFFFF
