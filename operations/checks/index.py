"""The search index: whether its tables work, have the configured identity, and agree with PostgreSQL."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from operations.checks.findings import Finding, failure, ok, warning
from search.errors import IndexUnavailable
from search.queries import Difference, TableStatus, differences, embedder_status, index_status

COMPARE_FOR = 3.0  # seconds for each table


def lancedb() -> Sequence[Finding]:
    tables = index_status()
    figures = {"tables": {table.table: asdict(table) for table in tables}}
    broken = [table for table in tables if table.status == "damaged" or (table.status == "missing" and table.drift)]
    if broken:
        return [_broken(table, figures) for table in broken]
    rows = ", ".join(f"{table.rows} {table.table}" for table in tables)
    return [ok(f"The index has {rows}.", **figures)]


def identity() -> Sequence[Finding]:
    """Whether the tables were made with the embedding model that the settings select."""
    embedder = embedder_status()
    chosen = (embedder.backend, embedder.model)
    others = [table for table in index_status() if table.dimensions and (table.backend, table.model) != chosen]
    if not others:
        return [ok("The index was made with the embedding model of the settings.")]
    return [
        warning(
            f"The index of {table.table} was made with {table.model}, but the settings select {embedder.model}.",
            "The worker builds a new index beside it, and search uses the old one until then. To keep the old model, "
            "set EMBEDDINGS and OLLAMA_EMBED_MODEL back.",
        )
        for table in others
    ]


def contents() -> Sequence[Finding]:
    """Whether PostgreSQL and LanceDB have the same rows. A large table is compared in part."""
    tables = {table.table: table for table in index_status()}
    try:
        found = differences(seconds=COMPARE_FOR)
    except IndexUnavailable:
        return [failure("The index can't be read.", "Run: manage.py check_index --repair")]
    return [_compared(difference, tables[difference.table]) for difference in found] or [
        ok("There is no index yet; the worker creates it.")
    ]


def _broken(table: TableStatus, figures: Mapping[str, Any]) -> Finding:
    return warning(
        f"The index of {table.table} is {table.status}.",
        "The worker repairs it within a minute, and search shows keyword matches until then. If it does not, run: "
        "manage.py reindex",
        **figures,
    )


def _compared(difference: Difference, table: TableStatus) -> Finding:
    counts = f"{difference.missing} missing, {difference.extra} extra, {difference.stale} stale"
    figures = {difference.table: asdict(difference)}
    if not difference.any:
        part = "all rows" if difference.complete else f"what was compared in {COMPARE_FOR:g} s"
        return ok(f"The index of {difference.table} agrees with PostgreSQL in {part}.", **figures)
    if table.status == "building":
        message = f"The index of {difference.table} is still being built: {counts}."
        return warning(message, "Run the doctor again when it is complete.", **figures)
    if table.drift:
        message = f"The index of {difference.table} has {counts}, and {table.drift} changes are on their way to it."
        return warning(message, "Run the doctor again when the outbox is empty.", **figures)
    message = f"The index of {difference.table} differs from PostgreSQL: {counts}."
    return failure(message, "Run: manage.py check_index --repair", **figures)
