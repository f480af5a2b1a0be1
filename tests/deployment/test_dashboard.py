"""The Grafana dashboard and the documentation name the metrics that are exported, and no others."""

import json
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from base.metrics.exposition import exposition

PROJECT = Path(__file__).resolve().parent.parent.parent
DASHBOARD: dict[str, Any] = json.loads((PROJECT / "docs" / "grafana" / "memoryloop.json").read_text())
PANELS: list[dict[str, Any]] = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
SUFFIXES = {"counter": ("_total",), "gauge": ("",), "histogram": ("_bucket", "_sum", "_count")}


@pytest.fixture
def exported(db: None) -> dict[str, str]:
    """The type of each metric that a web process exports, by its name."""
    for module in ("memoryloop.asgi", "operations.web.protocol"):
        import_module(module)
    text = exposition("web").decode()
    return {family.name: family.type for family in text_string_to_metric_families(text)}


def expressions() -> Iterator[str]:
    for panel in PANELS:
        yield from (target["expr"] for target in panel["targets"])


def test_every_metric_in_the_dashboard_is_exported(exported: dict[str, str]) -> None:
    series = {f"{name}{suffix}" for name, kind in exported.items() for suffix in SUFFIXES[kind]}
    used = {name for text in expressions() for name in re.findall(r"\b(?:memoryloop|process)_\w+", text)}
    assert len(used) > 20
    assert used - series == set()


def test_every_label_in_the_dashboard_exists(exported: dict[str, str]) -> None:
    known = {"le", "process", "method", "route", "status", "task", "provider", "outcome", "error_code", "state"}
    known |= {"table", "missing", "embedder", "rating", "worker", "queue", "source", "name"}
    groupings = [by for text in expressions() for by in re.findall(r"by \(([^)]*)\)", text)]
    grouped = {label.strip() for by in groupings for label in by.split(",")}
    shown = {
        label
        for panel in PANELS
        for target in panel["targets"]
        for label in re.findall(r"\{\{(\w+)\}\}", target["legendFormat"])
    }
    assert (grouped | shown) - known == set()


def test_every_metric_of_ours_is_in_the_dashboard_and_in_the_documentation(exported: dict[str, str]) -> None:
    ours = {name for name in exported if name.startswith("memoryloop_") and not name.startswith("memoryloop_test_")}
    text = (PROJECT / "docs" / "operations.md").read_text()
    section = text.partition("\n## Metrics\n")[2].partition("\n## ")[0]  # other sections name roles of PostgreSQL
    documented = {name.removesuffix("_total") for name in re.findall(r"`(memoryloop_\w+)`", section)}
    assert documented == ours
    assert [name for name in ours if not any(name in expression for expression in expressions())] == []


def test_the_panels_of_the_dashboard_have_room_and_ids_of_their_own() -> None:
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
    cells = [
        (x, y)
        for panel in DASHBOARD["panels"]
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _y in cells) < 24
