"""Keeps vectors in PostgreSQL, too, if `MEMORY_EMBEDDINGS_STORED` is on: a rebuild then needs no embedding model."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from uuid import UUID

from django.conf import settings
from django.db import connection

from memories.models import Memory
from search.arrays import Vector, np
from search.registry import TextVector

FINGERPRINT = 8  # bytes before each vector

# A row that is being written now is skipped: its new text will have other vectors, and waiting for it could deadlock.
STORE = """
    UPDATE memories_memory SET embedding = computed.embedding, embedding_model = %s
    FROM unnest(%s::uuid[], %s::bytea[]) AS computed (id, embedding)
    WHERE memories_memory.id = computed.id AND memories_memory.id IN (
        SELECT id FROM memories_memory WHERE id = ANY(%s::uuid[]) FOR NO KEY UPDATE SKIP LOCKED
    )
"""


class StoredEmbeddings:
    """The vectors of each chunk of a memory, as float16 after the fingerprint of its text."""

    def load(self, ids: Sequence[UUID], *, model: str, dimensions: int) -> Mapping[tuple[UUID, bytes], Vector]:
        """The vectors that this model made of these memories, by their ids and the fingerprints of the texts."""
        if not settings.MEMORY_EMBEDDINGS_STORED:
            return {}
        stored = Memory.objects.filter(pk__in=ids, embedding_model=model)
        length = FINGERPRINT + 2 * dimensions
        vectors: dict[tuple[UUID, bytes], Vector] = {}
        for pk, embedding in stored.values_list("pk", "embedding"):
            packed = bytes(embedding or b"")
            for start in range(0, len(packed) - length + 1, length):
                part = packed[start : start + length]
                vectors[pk, part[:FINGERPRINT]] = np.frombuffer(part[FINGERPRINT:], dtype=np.float16).astype(np.float32)
        return vectors

    def save(self, vectors: Sequence[TextVector], *, model: str) -> None:
        """Store all vectors of these memories. Those of one memory stand together."""
        if not settings.MEMORY_EMBEDDINGS_STORED:
            return
        packed = {
            pk: b"".join(one.fingerprint + one.vector.astype(np.float16).tobytes() for one in ones)
            for pk, ones in groupby(vectors, key=lambda one: one.entity_id)
        }
        with connection.cursor() as cursor:
            cursor.execute(STORE, [model, list(packed), list(packed.values()), list(packed)])
