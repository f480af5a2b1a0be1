"""Memories: bulk writes, rebuilds while users search, filtered searches, and the replay of a day of changes.

One user has MEMORIES (100,000) records in ten projects. The recall of a search is compared with the scores of all rows
that its filters let pass.
"""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from pathlib import Path
from random import Random
from unittest.mock import patch
from uuid import UUID

import psutil
from django.utils import timezone

from accounts.models import User
from base.postgresql.acting import keep_acting
from bench.tools.processes import PROJECT, WORKER, process
from bench.tools.tables import Line, percentile, say, show
from memories.bulk.reading import read_lines
from memories.bulk.services import write_lines
from memories.indexing import MEMORIES
from memories.search.filters import MemoryFilters
from memories.search.queries import find_memories
from memories.services import save_memory
from search.index import kept_rows as kept_rows_module
from search.index import ranked_search
from search.index.comparison import compare
from search.index.kept_rows import kept_rows
from search.index.tables import ensure_table, lance_table, readable_table
from search.models import IndexTable, OutboxEntry, OutboxStatus, TableState
from search.services import drain_texts
from search.sync.replay import changed_entities, replay
from search.sync.sorting import sort_table

ROWS = int(os.environ.get("MEMORIES") or 100_000)
PROJECTS = 10
TASKS = [f"task {number}" for number in range(20)]
TAGS = ("ops", "eu", "us", "bug", "idea")
FIRST_DAY, DAYS = date(2025, 1, 1), 700
QUERIES, COMPARED, ROUNDS, LIMIT = 60, 20, 40, 10
TIMES = ("p50 ms", "p95 ms", "recall@10")

# What a search is narrowed by, from the widest to the narrowest.
FILTERS = {
    "no filter": MemoryFilters(),
    "a tag (40 %)": MemoryFilters(tags=["bug"]),
    "a task (5 %)": MemoryFilters(task=TASKS[4]),
    "a project (10 %)": MemoryFilters(projects=["Project 3"]),
    "project, task and dates (0.25 %)": MemoryFilters(
        projects=["Project 3"], task=TASKS[4], date_from=date(2025, 6, 1), date_to=date(2026, 5, 31)
    ),
    "project and where (3.3 %)": MemoryFilters(projects=["Project 3"], where={"status": "open"}),
    "where (33 %)": MemoryFilters(where={"status": "open"}),
}


def run() -> None:
    owner = User.objects.create_user("bench@example.org")
    sentences = _sentences()
    ensure_table(MEMORIES)
    bulk(owner, sentences)
    for number in range(1, PROJECTS):
        write_lines(owner=owner, lines=read_lines([ndjson(number, sentences)]))
    # What the outbox has is in PostgreSQL, and the rebuild reads it there.
    OutboxEntry.objects.update(status=OutboxStatus.DONE, done_at=timezone.now())
    rebuild(owner, sentences)
    searches(owner, sentences)
    freshness(owner)
    replayed()


def bulk(owner: User, sentences: Sequence[str]) -> None:
    body = ndjson(0, sentences)
    with process(*WORKER):
        began = time.perf_counter()
        write_lines(owner=owner, lines=read_lines([body]))
        acknowledged = time.perf_counter() - began
        wait_until(lambda: not OutboxEntry.objects.filter(table=MEMORIES.table, status=OutboxStatus.PENDING).exists())
        searchable = time.perf_counter() - began
    target = Line("the target", (5.0, 60.0))
    lines = [target, Line(f"{ROWS // PROJECTS:,} records, {len(body) / 1e6:.1f} MB", (acknowledged, searchable))]
    show("Bulk write", ("acknowledged s", "searchable s"), lines, baseline=target)


def rebuild(owner: User, sentences: Sequence[str]) -> None:
    """`manage.py reindex` in a process of its own, the first time while this one searches."""
    with searching(owner, sentences) as times:
        first = _reindex()
    target = Line("the target", (180.0, 1_000.0))
    found = f"{len(times)} searches meanwhile, p95 {percentile(times, 0.95):.0f} ms"
    lines = [target, Line("reindex", first, found)]
    lines.append(Line("vectors are stored, too", _reindex(MEMORY_EMBEDDINGS_STORED="true")))
    lines.append(Line("with the stored vectors", _reindex(MEMORY_EMBEDDINGS_STORED="true"), "target 60 s"))
    show(f"Rebuild of {ROWS:,} memories", ("s", "MB"), lines, baseline=target)
    began = time.perf_counter()
    sort_table(MEMORIES, IndexTable.objects.get(table=MEMORIES.table, state=TableState.ACTIVE))
    say(f"Sorted by project, with its vector index, in {time.perf_counter() - began:.1f} s.")


@contextmanager
def searching(owner: User, sentences: Sequence[str]) -> Iterator[list[float]]:
    """Search all the time in a thread. A search that fails ends the benchmark."""
    times, ended = [0.0], threading.Event()

    def search() -> None:
        while not ended.wait(0.1):
            times.append(_milliseconds(owner, sentences[len(times) % len(sentences)], FILTERS["a project (10 %)"]))

    thread = threading.Thread(target=keep_acting(search))
    thread.start()
    try:
        yield times
    finally:
        ended.set()
        thread.join()


def searches(owner: User, sentences: Sequence[str]) -> None:
    queries = [" ".join(sentence.split()[:6]) for sentence in Random(3).sample(list(sentences), QUERIES)]
    target = Line("the target", (40.0, 40.0, 0.98))
    lines = [target]
    for name, filters in FILTERS.items():
        _milliseconds(owner, queries[0], filters)
        times = [_milliseconds(owner, query, filters) for query in queries]
        recall = _recall(owner, queries[:COMPARED], filters)
        lines.append(Line(name, (percentile(times, 0.5), percentile(times, 0.95), recall)))
    show(f"Searches of {ROWS:,} memories", TIMES, lines, baseline=target)


def freshness(owner: User) -> None:
    with process(*WORKER):
        times = [_milliseconds_until_found(owner, f"freshness{number}x") for number in range(ROUNDS)]
    target = Line("the target", (1_000.0, 1_000.0))
    measured = Line("write to found", (percentile(times, 0.5), percentile(times, 0.95)))
    show("Freshness", ("p50 ms", "p95 ms"), [target, measured], baseline=target)


def _milliseconds_until_found(owner: User, word: str) -> float:
    save_memory(owner=owner, project="Project 3", data={"note": f"It is {word}."})
    began = time.perf_counter()
    wait_until(lambda: bool(_found(owner, word, FILTERS["a project (10 %)"])))
    return (time.perf_counter() - began) * 1000


def replayed() -> None:
    changed = changed_entities(OutboxEntry.objects.filter(table=MEMORIES.table))
    began = time.perf_counter()
    replay(changed)
    recorded = time.perf_counter() - began
    drain_texts()
    line = Line("replay", (recorded, time.perf_counter() - began))
    show(f"Replay of {changed.count():,} changes", ("recorded s", "applied s"), [line], baseline=line)
    row = readable_table(MEMORIES)
    assert row is not None
    difference = compare(MEMORIES)
    say(f"{lance_table(MEMORIES, row).count()[0]:,} rows; {difference}")


def ndjson(number: int, sentences: Sequence[str]) -> bytes:
    """The records of a project, with sentences of real conversations."""
    random = Random(number)
    records = (
        {
            "note": " ".join(random.choices(sentences, k=2)),
            "status": random.choice(("open", "closed", "waiting")),
            "host": {"name": f"node-{random.randrange(50)}", "port": random.randrange(1_000, 9_000)},
            "task": random.choice(TASKS),
            "component": f"component {random.randrange(100)}",
            "date": str(FIRST_DAY + timedelta(days=random.randrange(DAYS))),
            "step": place,
        }
        for place in range(ROWS // PROJECTS)
    )
    lines = (
        json.dumps({"project": f"Project {number}", "data": data, "tags": random.sample(TAGS, 2)}) for data in records
    )
    return "\n".join(lines).encode()


def _sentences() -> list[str]:
    files = sorted((Path(__file__).parent / "learners").glob("*-en-*.json"))
    texts = [text for file in files for text in _texts(json.loads(file.read_text()))]
    return [part.strip() for text in texts for part in text.split(". ") if 40 < len(part) < 300]


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)


def _found(owner: User, query: str, filters: MemoryFilters) -> list[UUID]:
    return [item.memory.pk for item in find_memories(owner=owner, query=query, filters=filters, limit=LIMIT).items]


def _milliseconds(owner: User, query: str, filters: MemoryFilters) -> float:
    began = time.perf_counter()
    _found(owner, query, filters)
    return (time.perf_counter() - began) * 1000


def _recall(owner: User, queries: Sequence[str], filters: MemoryFilters) -> float:
    """The share of the best that searches find. The exact search scores all rows of the owner."""
    with patch.object(ranked_search, "MAX_ROWS", 10**9), patch.object(kept_rows_module, "MAX_KEPT", 10**9):
        exact = [set(_found(owner, query, filters)) for query in queries]
    kept_rows.clear()
    found = [set(_found(owner, query, filters)) for query in queries]
    expected = sum(map(len, exact))
    return sum(len(one & other) for one, other in zip(exact, found, strict=True)) / expected if expected else 1.0


def _reindex(**environment: str) -> tuple[float, float]:
    """The seconds that it takes, and the most MB of memory that it has."""
    began, peak = time.perf_counter(), 0
    command = [sys.executable, "manage.py", "reindex", "--table", MEMORIES.table]
    reindex = subprocess.Popen(command, cwd=PROJECT, env={**os.environ, **environment})
    watched = psutil.Process(reindex.pid)
    while reindex.poll() is None:
        with suppress(psutil.NoSuchProcess):
            peak = max(peak, watched.memory_info().rss)
        time.sleep(0.1)
    if reindex.returncode:
        raise RuntimeError("The reindex failed.")
    return time.perf_counter() - began, peak / 1e6


def wait_until(condition: Callable[[], bool]) -> None:
    while not condition():
        time.sleep(0.01)
