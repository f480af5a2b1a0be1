import json
from typing import Any

import pytest

from memories.records.display import SHOWN_LENGTH, ShownField, shown_fields, shown_lines, title_of


@pytest.mark.parametrize(
    ("record", "title"),
    [
        ({"id": "a8f3", "note": "Sara likes tea", "title": "Tea"}, "Tea"),
        ({"Title": "  In   capitals\nand lines "}, "In capitals and lines"),
        ({"title": "", "name": 3, "state": "open", "what": "Sara likes tea"}, "Sara likes tea"),
        ({"state": "open", "n": 1}, "state: open"),
        ({"n": 1.0, "ok": True}, "n: 1.0"),
        ({"ok": True}, "ok: true"),
        ({"date": "2026-11-22", "component": "router", "task": "upgrade"}, "upgrade, router"),
        ({"note": "x" * 200}, "x" * 119 + "…"),
        ({"nested": {"note": "x"}, "none": None, "empty": ""}, ""),
        ({}, ""),
    ],
)
def test_the_title_is_what_a_record_says_first(record: dict[str, Any], title: str) -> None:
    assert title_of(record) == title


def test_values_are_shown_as_they_are_read() -> None:
    record = {"a": "text", "b": 1.0, "c": False, "d": None, "e": ["x", 2], "f": {"y": [1]}, "g": [], "h": [["z"]]}
    shown = {field.name: (field.text, field.is_code) for field in shown_fields(record)}
    assert list(shown) == list(record)
    assert shown["a"] == ("text", False)
    assert [shown[name][0] for name in "bcde"] == ["1.0", "false", "null", "x, 2"]
    assert shown["f"] == (json.dumps({"y": [1]}, indent=2), True)
    assert (shown["g"], shown["h"][1]) == (("[]", True), True)


@pytest.mark.parametrize("text", ["x" * (SHOWN_LENGTH + 1), "line\n" * 40])
def test_a_long_value_has_a_beginning(text: str) -> None:
    (field,) = shown_fields({"a": text})
    assert field.text == text
    assert field.beginning.endswith("…")
    assert text.startswith(field.beginning.removesuffix("…"))
    assert len(field.beginning) <= SHOWN_LENGTH + 1
    assert shown_fields({"a": "x" * SHOWN_LENGTH})[0].beginning == ""


def test_a_line_leaves_out_what_the_page_shows_elsewhere() -> None:
    record = {
        "title": "Tea",
        "task": "buy",
        "date": "2026-11-22",
        "empty": "",
        "a": {"b": 1},
        "c": "x\ny",
        "d": 1,
        "e": 2,
    }
    lines = shown_lines({**record, "f": 3}, leave_out={"task": "buy", "date": "2026-11-23"})
    assert lines.fields == [
        ShownField("date", "2026-11-22", False),
        ShownField("a", '{"b": 1}', True),
        ShownField("c", "x y", False),
        ShownField("d", "1", False),
    ]
    assert lines.more == 2
