"""Search of one owner's messages among 10,000 and 100,000, compared with pgvector's exact search and Chroma."""

import time
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from bench.tools.messages import QUERIES, SHARES, Messages, generate, owner_of_share
from bench.tools.peers import chroma, pgvector
from bench.tools.tables import Line, percentile, say, show
from search.index import ranked_search
from search.index.arrow import IndexRow
from search.index.identity import Identity
from search.index.kept_rows import kept_rows
from search.index.lance_table import LanceTable
from search.index.ranked_search import ranked
from search.index.tables import lance_table
from search.models import IndexTable, TableState
from search.ranking.query import Query
from search.registry import Scalar, entity_of
from search.sync.sorting import sort_table

SIZES = (10_000, 100_000)
LIMIT = 10
BATCH = 1_000
COLUMNS = ("p50 ms", "p95 ms", "recall@10")

Search = Callable[[UUID, int], set[int]]  # an owner and the number of a query → the numbers of messages


def run() -> None:
    for size in SIZES:
        messages = generate(size)
        table = fill(messages)
        with pgvector(messages) as search_pgvector, chroma(messages) as search_chroma:
            for share in SHARES:
                owner = owner_of_share(share)
                lines = [
                    measure("Chroma", search_chroma, messages, owner),
                    measure("pgvector, exact, btree(owner)", search_pgvector, messages, owner),
                    measure("MemoryLoop, meaning", meaning(table, messages), messages, owner),
                    measure("MemoryLoop, words and meaning", hybrid(table, messages), messages, owner),
                    *(
                        measure(f"the same, after a write of {name}", hybrid(table, messages), messages, owner, write)
                        for name, write in (
                            ("another", write_of(table, messages, UUID(int=1))),
                            ("this owner", write_of(table, messages, owner)),
                        )
                    ),
                    measure("the same, nothing kept", without_arrays(table, messages), messages, owner),
                ]
                title = f"{size:,} messages, the owner has {share:.1%}"
                show(title, COLUMNS, lines, baseline=lines[1])
        show_size(table, messages)


def fill(messages: Messages) -> LanceTable:
    """The messages as the worker stores them: written in batches, sorted by owner, indexed."""
    entity = entity_of("messages")
    IndexTable.objects.filter(table=entity.table).delete()
    identity = Identity("ollama", "nomic-embed-text", messages.vectors.shape[1], "", 0)
    row = IndexTable(table=entity.table, state=TableState.ACTIVE, activated_at=timezone.now(), **vars(identity))
    row.lance_name = f"bench_{row.id.hex}"
    row.version = lance_table(entity, row).create()
    row.save()
    table = lance_table(entity, row)
    for start in range(0, len(messages.owners), BATCH):
        numbers = range(start, min(start + BATCH, len(messages.owners)))
        table.merge([_row(messages, number) for number in numbers])
    began = time.perf_counter()
    sort_table(entity, row)
    row = IndexTable.objects.get(table=entity.table, state=TableState.ACTIVE)
    indexed = len(row.indexed_owners)
    say(f"Sorted by owner in {time.perf_counter() - began:.1f} s; {indexed} owners use the vector index.")
    return lance_table(entity, row)


def _row(messages: Messages, number: int) -> IndexRow:
    columns: dict[str, Scalar] = {
        "conversation_id": UUID(int=number // 20),
        "role": "user",
        "created_at": timezone.now(),
    }
    text, vector = messages.texts[number], messages.vectors[number]
    return IndexRow(UUID(int=number), 0, messages.owners[number], 1, text, True, vector, columns)


def meaning(table: LanceTable, messages: Messages) -> Search:
    def search(owner: UUID, number: int) -> set[int]:
        matches = table.search_meaning(owner_id=owner, vector=messages.query_vectors[number], filters=(), limit=LIMIT)
        return {match.entity_id.int for match in matches}

    return search


def hybrid(table: LanceTable, messages: Messages) -> Search:
    """What `find` does. The ranking is another one than by distance, so its recall says little."""

    def search(owner: UUID, number: int) -> set[int]:
        query, vector = Query(messages.query_texts[number]), messages.query_vectors[number]
        asked = ranked_search.Search(owner, query, 0.5, vector, (), LIMIT, timezone.localdate())
        return {match.entity_id.int for match in ranked(table, entity_of("messages").neighbors, asked)}

    return search


def write_of(table: LanceTable, messages: Messages, owner: UUID) -> Callable[[], None]:
    """A function that writes one message of this owner."""
    written = replace(_row(messages, 0), entity_id=UUID(int=10**9), owner_id=owner)
    revs = count(1)
    return lambda: table.merge([replace(written, rev=next(revs))])


def without_arrays(table: LanceTable, messages: Messages) -> Search:
    """The same in a process that has not searched for this owner before."""

    def search(owner: UUID, number: int) -> set[int]:
        kept_rows.clear()
        return hybrid(table, messages)(owner, number)

    return search


def measure(
    name: str, search: Search, messages: Messages, owner: UUID, before: Callable[[], object] = lambda: None
) -> Line:
    """`before` is called before each search, and its time does not count."""
    times, recalls = [], []
    for number in range(10):
        search(owner, number)
    for number in range(QUERIES):
        before()
        began = time.perf_counter()
        found = search(owner, number)
        times.append((time.perf_counter() - began) * 1000)
        nearest = messages.nearest(owner, number)
        recalls.append(len(found & nearest) / len(nearest))
    figures = (percentile(times, 0.5), percentile(times, 0.95), sum(recalls) / len(recalls))
    return Line(name, figures)


def show_size(table: LanceTable, messages: Messages) -> None:
    root = Path(settings.LANCEDB_URI) / f"{table.name}.lance"
    size = sum(path.stat().st_size for path in root.rglob("*") if path.is_file())
    text = sum(len(text.encode()) for text in messages.texts)
    count = len(messages.texts)
    target = Line("the target", (3_584.0,))
    lines = [target, Line("LanceDB, without the text", ((size - text) / count,), f"{size / count:.0f} with it")]
    show(f"Bytes per message, {count:,} messages", ("bytes",), lines, baseline=target)
