"""Metrics of the outbox, the index and the embedding models."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import cast

from django.db.models import Count, Min
from django.db.models.functions import Now
from prometheus_client.core import Metric
from redis import RedisError

from base.connections import valkey_client
from base.logs.outages import note_outage
from base.metrics import counter, histogram
from base.metrics.sources import gauge_family, source
from search.models import OutboxEntry, OutboxStatus

ENTRIES = counter("outbox_entries", "Outbox entries by what became of them.", ["table", "outcome"])
INDEX_DELAY = histogram("index_delay_seconds", "Time from a change to the index that has its text.", ["table"])
EMBEDDING = histogram("embedding_seconds", "Time of a request to an embedding model.", ["embedder"])
EMBEDDING_FAILURES = counter("embedding_failures", "Failed requests to an embedding model.", ["embedder"])

ROWS = "index:rows"  # a hash in Valkey: the number of rows of each table, as a worker last counted them


@contextmanager
def timed_embedding(embedder: str) -> Iterator[None]:
    """Time a request to this embedding model, and count it if it fails."""
    began = perf_counter()
    try:
        yield
    except Exception:
        EMBEDDING_FAILURES.labels(embedder).inc()
        raise
    finally:
        EMBEDDING.labels(embedder).observe(perf_counter() - began)


def record_rows(table: str, rows: int) -> None:
    """Publish the number of rows. Web processes do not count them, because that would load LanceDB."""
    try:
        valkey_client().hset(ROWS, table, str(rows))
    except RedisError as error:
        note_outage("the number of rows was not published", error)


@source("index")
def _rows() -> Iterator[Metric]:
    family = gauge_family("index_rows", "Rows of the index, as a worker counted them in the last minute.", ["table"])
    for table, rows in cast("dict[str, str]", valkey_client().hgetall(ROWS)).items():
        family.add_metric([table], float(rows))
    yield family


@source("outbox")
def _outbox() -> Iterator[Metric]:
    pending = gauge_family("outbox_pending", "Changes that the index lacks (its drift).", ["table", "missing"])
    oldest = gauge_family("outbox_oldest_seconds", "Age of the oldest change that the index lacks.", ["missing"])
    dead = gauge_family("outbox_dead_letters", "Changes that failed ten times and wait for an operator.", ["table"])
    ages = {"text": 0.0, "vector": 0.0}
    groups = OutboxEntry.objects.exclude(status=OutboxStatus.DONE).values("table", "status", "missing_vector")
    for group in groups.annotate(count=Count("id"), age=Now() - Min("created_at")):
        if group["status"] == OutboxStatus.DEAD:
            dead.add_metric([group["table"]], group["count"])
            continue
        missing = "vector" if group["missing_vector"] else "text"
        pending.add_metric([group["table"], missing], group["count"])
        ages[missing] = max(ages[missing], group["age"].total_seconds())
    for missing, age in ages.items():
        oldest.add_metric([missing], age)
    yield from (pending, oldest, dead)
