"""Search of one owner's messages among 10,000 and 100,000, compared with pgvector's exact search and Chroma."""

import time
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from bench.messages import QUESTIONS, SHARES, Messages, make, owner_of_share
from bench.peers import chroma, pgvector
from bench.tables import Line, percentile, say, show
from search.index.arrow import IndexRow, TableSchema
from search.index.fusion import fuse
from search.index.identity import Identity
from search.index.lance_table import LanceTable
from search.index.tables import lance_table
from search.models import IndexTable, TableState
from search.registry import Scalar, entity_of
from search.sync import maintenance

SIZES = (10_000, 100_000)
LIMIT = 10
BATCH = 1_000
COLUMNS = ("p50 ms", "p95 ms", "recall@10")

Ask = Callable[[UUID, int], set[int]]


def run() -> None:
    for size in SIZES:
        messages = make(size)
        table = fill(messages)
        with pgvector(messages) as ask_postgres, chroma(messages) as ask_chroma:
            for share in SHARES:
                owner = owner_of_share(share)
                lines = [
                    measure("Chroma", ask_chroma, messages, owner),
                    measure("pgvector, exact, btree(owner)", ask_postgres, messages, owner),
                    measure("MemoryLoop, meaning", meaning(table, messages), messages, owner),
                    measure("MemoryLoop, words and meaning", hybrid(table, messages), messages, owner),
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
    table = LanceTable(row.lance_name, TableSchema(entity.columns, row.dimensions))
    for start in range(0, len(messages.owners), BATCH):
        numbers = range(start, min(start + BATCH, len(messages.owners)))
        table.merge([_row(messages, number) for number in numbers])
    began = time.perf_counter()
    maintenance.sort_table(entity, row)
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


def meaning(table: LanceTable, messages: Messages) -> Ask:
    def ask(owner: UUID, number: int) -> set[int]:
        found = table.search_meaning(owner_id=owner, vector=messages.questions[number], filters=(), limit=LIMIT)
        return {hit.entity_id.int for hit in found}

    return ask


def hybrid(table: LanceTable, messages: Messages) -> Ask:
    """Both rankings, fused. The recall against the nearest vectors shows how much words change the ranking."""

    def ask(owner: UUID, number: int) -> set[int]:
        query, vector = messages.asked[number], messages.questions[number]
        words, near = table.search(owner_id=owner, query=query, vector=vector, filters=(), limit=LIMIT * 4)
        scores = fuse({hit.entity_id: hit.score for hit in words}, {hit.entity_id: hit.score for hit in near}, weight=1)
        return {key.int for key in list(scores)[:LIMIT]}

    return ask


def measure(name: str, ask: Ask, messages: Messages, owner: UUID) -> Line:
    times, recalls = [], []
    for number in range(10):
        ask(owner, number)
    for number in range(QUESTIONS):
        began = time.perf_counter()
        found = ask(owner, number)
        times.append((time.perf_counter() - began) * 1000)
        wanted = messages.exact(owner, number)
        recalls.append(len(found & wanted) / len(wanted))
    figures = (percentile(times, 0.5), percentile(times, 0.95), sum(recalls) / len(recalls))
    return Line(name, figures)


def show_size(table: LanceTable, messages: Messages) -> None:
    root = Path(settings.LANCEDB_URI) / f"{table.name}.lance"
    size = sum(path.stat().st_size for path in root.rglob("*") if path.is_file())
    text = sum(len(text.encode()) for text in messages.texts)
    count = len(messages.texts)
    bar = Line("the bar", (3_584.0,))
    lines = [bar, Line("LanceDB, without the text", ((size - text) / count,), f"{size / count:.0f} with it")]
    show(f"Bytes per message, {count:,} messages", ("bytes",), lines, baseline=bar)
