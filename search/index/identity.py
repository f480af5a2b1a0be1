"""How a table's vectors were made; vectors of two identities can't be compared."""

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

LAYOUT = 1  # raised when the engine's own columns, chunks or tokens change
NO_VECTORS = "none"


@dataclass(frozen=True)
class Identity:
    backend: str
    model: str
    dimensions: int
    prefixes: str
    schema_version: int


def embedder_for(backend: str, model: str) -> Embedder:
    if backend == OLLAMA:
        return OllamaEmbedder(settings.OLLAMA_BASE_URL, model)
    return BuiltinEmbedder()


def wanted_embedder() -> Embedder:
    """What EMBEDDINGS asks for; `auto` looks once, and the tables that were made then remember the answer."""
    ollama = OllamaEmbedder(settings.OLLAMA_BASE_URL, settings.OLLAMA_EMBED_MODEL)
    backend = settings.EMBEDDINGS
    if backend == "auto":
        backend = _remembered_backend() or (OLLAMA if ollama.has_model() else BUILTIN)
    return ollama if backend == OLLAMA else BuiltinEmbedder()


def wanted_identity(entity: Entity) -> Identity:
    """The identity that the entity's table should have. Raises EmbedderUnavailable while the width is not known."""
    schema_version = _schema_version(entity)
    if not entity.embedded:
        return Identity(NO_VECTORS, "", 0, "", schema_version)
    embedder = wanted_embedder()
    return Identity(embedder.backend, embedder.model, embedder.dimensions(), embedder.prefixes, schema_version)


def identity_of(row: IndexTable) -> Identity:
    return Identity(row.backend, row.model, row.dimensions, row.prefixes, row.schema_version)


def _remembered_backend() -> str | None:
    """Of all tables, retired ones too: a lost directory must not change the model."""
    rows = IndexTable.objects.exclude(backend=NO_VECTORS).order_by("-created_at")
    row = rows.exclude(state=TableState.RETIRED).first() or rows.first()
    return row.backend if row else None


def _schema_version(entity: Entity) -> int:
    columns = [(column.name, column.kind) for column in entity.columns]
    return zlib.crc32(repr((LAYOUT, columns)).encode()) & 0x7FFFFFFF
