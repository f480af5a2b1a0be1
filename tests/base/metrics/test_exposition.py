"""The text that Prometheus reads."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from base.metrics import sources
from base.metrics.exposition import exposition
from base.metrics.snapshots import publish

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def read_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not the figures that another test read a moment ago."""
    monkeypatch.setattr(sources, "CACHED_FOR", 0.0)


def test_the_samples_of_a_metric_are_together_whatever_process_they_are_from() -> None:
    publish("celery@one")
    text = exposition("web").decode()
    names = [line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")]
    assert len(names) == len(set(names))
    families = {family.name: family for family in text_string_to_metric_families(text)}
    processes = {sample.labels["process"] for sample in families["process_resident_memory_bytes"].samples}
    assert processes == {"web", "celery@one"}


def test_nothing_else_of_the_libraries_is_exported() -> None:
    names = {family.name for family in text_string_to_metric_families(exposition("web").decode())}
    assert {name.split("_")[0] for name in names} == {"memoryloop", "process"}
    assert [name for name in names if name.endswith("_created")] == []
