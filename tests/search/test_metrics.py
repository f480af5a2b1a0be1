"""The figures of the outbox, the index and the embedding models."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from base.metrics import REGISTRY, sources
from base.metrics.sources import read_sources
from search.embedders.builtin import BuiltinEmbedder
from search.embedders.ollama import OllamaEmbedder
from search.errors import EmbedderUnavailable
from search.models import OutboxEntry, OutboxStatus
from search.services import drain_texts
from search.sync.maintenance import compact_tables, maintain_tables
from tests.factories import MessageFactory
from tests.stand_ins.ollama import OllamaStandIn

pytestmark = pytest.mark.django_db(transaction=True)

Figures = Callable[[], dict[tuple[str, ...], float]]


@pytest.fixture
def figures(monkeypatch: pytest.MonkeyPatch) -> Figures:
    """The figures of all sources, by the name and the values of the labels."""
    monkeypatch.setattr(sources, "CACHED_FOR", 0.0)

    def read() -> dict[tuple[str, ...], float]:
        samples = [sample for metric in read_sources() for sample in metric.samples]
        return {
            (sample.name.removeprefix("memoryloop_"), *map(str, sample.labels.values())): sample.value
            for sample in samples
        }

    return read


def test_the_outbox_has_a_depth_an_age_and_dead_letters(alice: User, figures: Figures) -> None:
    assert figures()["outbox_oldest_seconds", "text"] == 0
    long_ago = timezone.now() - timedelta(seconds=90)
    entries = [
        OutboxEntry(table="messages", owner_id=alice.pk, entity_id=alice.pk, created_at=long_ago, **more)
        for more in ({}, {}, {"missing_vector": True}, {"status": OutboxStatus.DEAD}, {"status": OutboxStatus.DONE})
    ]
    OutboxEntry.objects.bulk_create(entries)
    found = figures()
    assert found["outbox_pending", "messages", "text"] == 2
    assert found["outbox_pending", "messages", "vector"] == 1
    assert found["outbox_dead_letters", "messages"] == 1
    assert 90 <= found["outbox_oldest_seconds", "text"] < 120


def test_the_rows_are_those_that_a_worker_counted(alice: User, figures: Figures) -> None:
    MessageFactory.create_batch(3, conversation__owner=alice, content="Bread needs salt.")
    drain_texts()
    maintain_tables()
    compact_tables()
    assert figures()["index_rows", "messages"] == 3


def test_embedding_is_timed_and_its_failures_are_counted(with_ollama: OllamaStandIn) -> None:
    def value(name: str, embedder: str) -> float:
        return REGISTRY.get_sample_value(f"memoryloop_{name}", {"embedder": embedder}) or 0.0

    timed = {name: value("embedding_seconds_count", name) for name in ("builtin", "ollama")}
    failed = value("embedding_failures_total", "ollama")
    BuiltinEmbedder().embed_query("Bread")
    embedder = OllamaEmbedder(with_ollama.url, "nomic-embed-text")
    embedder.embed_query("Bread")
    with_ollama.down()
    with pytest.raises(EmbedderUnavailable):
        embedder.embed_query("Bread")
    assert value("embedding_seconds_count", "builtin") == timed["builtin"] + 1
    assert value("embedding_seconds_count", "ollama") == timed["ollama"] + 2
    assert value("embedding_failures_total", "ollama") == failed + 1
