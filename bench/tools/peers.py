"""The alternatives that search is compared with: pgvector in the same PostgreSQL, and Chroma in this process."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

import psycopg
from django.conf import settings

from bench.tools.messages import Messages

LIMIT = 10
BATCH = 5_000


@contextmanager
def pgvector(messages: Messages) -> Iterator[Callable[[UUID, int], set[int]]]:
    """Exact cosine search with a btree index on the owner: the simplest solution without a vector store."""
    from pgvector.psycopg import register_vector

    database = settings.DATABASES["default"]
    conninfo = f"host={database['HOST']} user={database['USER']} dbname={database['NAME']}"
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS vector")
        register_vector(connection)
        connection.execute("DROP TABLE IF EXISTS peer")
        connection.execute(f"CREATE TABLE peer (id int, owner uuid, text text, v vector({messages.vectors.shape[1]}))")
        with connection.cursor().copy("COPY peer FROM STDIN WITH (FORMAT BINARY)") as copy:
            copy.set_types(["int4", "uuid", "text", "vector"])
            for number, owner in enumerate(messages.owners):
                copy.write_row((number, owner, messages.texts[number], messages.vectors[number]))
        connection.execute("CREATE INDEX ON peer (owner)")
        connection.execute("VACUUM ANALYZE peer")

        def search(owner: UUID, query: int) -> set[int]:
            statement = "SELECT id, text, v <=> %s FROM peer WHERE owner = %s ORDER BY 3 LIMIT %s"
            rows = connection.execute(statement, (messages.query_vectors[query], owner, LIMIT))
            return {row[0] for row in rows}

        yield search
        connection.execute("DROP TABLE peer")


@contextmanager
def chroma(messages: Messages) -> Iterator[Callable[[UUID, int], set[int]]]:
    import chromadb
    from chromadb.config import Settings

    with tempfile.TemporaryDirectory(prefix="memoryloop-bench-chroma-") as directory:
        client = chromadb.PersistentClient(directory, settings=Settings(anonymized_telemetry=False))
        collection = client.create_collection("messages", metadata={"hnsw:space": "cosine"}, embedding_function=None)
        for start in range(0, len(messages.owners), BATCH):
            numbers = range(start, min(start + BATCH, len(messages.owners)))
            collection.add(
                ids=[str(number) for number in numbers],
                embeddings=messages.vectors[start : numbers.stop],
                metadatas=[{"owner": str(messages.owners[number])} for number in numbers],
                documents=[messages.texts[number] for number in numbers],
            )

        def search(owner: UUID, query: int) -> set[int]:
            result = collection.query(
                query_embeddings=messages.query_vectors[query : query + 1],
                n_results=LIMIT,
                where={"owner": str(owner)},
                include=["documents", "distances"],
            )
            return {int(number) for number in result["ids"][0]}

        yield search
