import pytest

from memories.records.prompt_text import prompt_text
from memories.records.values import Record


@pytest.mark.parametrize(
    ("record", "text"),
    [
        ({}, ""),
        ({"note": "Nephrons filter."}, "note: Nephrons filter."),
        ({"run": {"result": {"code": 12}}}, "run.result.code: 12"),
        ({"id": "3f2a", "url": "https://example.org/a?b=1"}, "id: 3f2a\nurl: https://example.org/a?b=1"),
        ({"tags": ["a", "b", None, ""], "zero": 0, "share": 1.0}, "tags: a, b\nzero: 0\nshare: 1.0"),
        ({"done": True, "failed": False, "left": None, "why": ""}, "done: true\nfailed: false"),
        (
            {"steps": ["start", {"name": "wire", "took": 3}, [1, 2]]},
            "steps: start\nsteps.name: wire\nsteps.took: 3\nsteps: 1, 2",
        ),
        ({"empty": {}, "none": [], "nothing": [None]}, ""),
        ({"text": "two\nlines"}, "text: two\nlines"),
    ],
)
def test_each_value_has_its_keys_and_the_order_is_that_of_the_record(record: Record, text: str) -> None:
    assert prompt_text(record) == text
