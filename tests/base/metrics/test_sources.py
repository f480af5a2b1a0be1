"""Figures that are read when Prometheus asks: their cost is limited, and a source that fails harms no other."""

import threading
from collections.abc import Iterator

import pytest
from prometheus_client.core import Metric

from base.metrics import sources
from base.metrics.sources import gauge_family, read_sources, source
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_other_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "_sources", {})


def figures() -> dict[str, float]:
    """The value of each sample, by its name and its first label."""
    samples = [sample for metric in read_sources() for sample in metric.samples]
    return {f"{sample.name} {next(iter(sample.labels.values()), '')}".strip(): sample.value for sample in samples}


def family(value: float) -> Metric:
    metric = gauge_family("test_figure", "A figure.")
    metric.add_metric([], value)
    return metric


def test_a_source_is_not_read_again_while_its_figures_are_new(monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[int] = []

    @source("counted")
    def _read() -> Iterator[Metric]:
        reads.append(1)
        yield family(len(reads))

    expected = {"memoryloop_source_up counted": 1, "memoryloop_test_figure": 1}
    assert [figures(), figures()] == [expected, expected]
    monkeypatch.setattr(sources, "CACHED_FOR", 0.0)
    assert figures()["memoryloop_test_figure"] == 2


def test_a_source_that_fails_is_logged_and_harms_no_other(caplog: pytest.LogCaptureFixture) -> None:
    @source("failing")
    def _fail() -> Iterator[Metric]:
        raise ZeroDivisionError

    @source("working")
    def _read() -> Iterator[Metric]:
        yield family(3)

    found = figures()
    assert (found["memoryloop_source_up failing"], found["memoryloop_source_up working"]) == (0, 1)
    assert found["memoryloop_test_figure"] == 3
    assert "The metrics of failing could not be read." in caplog.text


def test_a_source_that_hangs_takes_one_thread_and_is_read_when_it_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "TIMEOUT", 0.02)
    answer, calls = threading.Event(), []

    @source("hanging")
    def _hang() -> Iterator[Metric]:
        calls.append(1)
        answer.wait(30)
        yield family(1)

    for _attempt in range(3):
        assert figures() == {"memoryloop_source_up hanging": 0}
    assert len(calls) == 1
    answer.set()
    wait_until(lambda: figures().get("memoryloop_test_figure") == 1)
