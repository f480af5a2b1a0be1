from datetime import date
from typing import Any

import pytest

from memories.records.values import MAX_BYTES, MAX_DEPTH, OwnFields, TooDeep, TooManyBytes, day_of, own_fields, written


def nested(depth: int) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for _ in range(depth - 1):
        record = {"in": record}
    return record


def test_keys_keep_their_order_and_letters_their_form() -> None:
    assert written({"zebra": 1, "apple": {"b": [1.0, None, True], "a": "é"}}) == (
        '{"zebra":1,"apple":{"b":[1.0,null,true],"a":"é"}}'
    )


def test_the_largest_record_is_written_and_one_byte_more_is_not() -> None:
    frame = len('{"text":""}')
    assert len(written({"text": "x" * (MAX_BYTES - frame)})) == MAX_BYTES
    with pytest.raises(TooManyBytes):
        written({"text": "x" * (MAX_BYTES - frame + 1)})
    with pytest.raises(TooManyBytes):  # bytes, not characters
        written({"text": "é" * (MAX_BYTES // 2)})


def test_the_deepest_record_is_written_and_one_level_more_is_not() -> None:
    written(nested(MAX_DEPTH))
    with pytest.raises(TooDeep):
        written(nested(MAX_DEPTH + 1))
    with pytest.raises(TooDeep):
        written({"list": [[nested(MAX_DEPTH - 1)]]})
    with pytest.raises(TooDeep):
        written(nested(10_000))


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({}, OwnFields(None, "", "")),
        (
            {"date": "2026-11-22", "task": "  fix  it ", "component": "api"},
            OwnFields(date(2026, 11, 22), "fix it", "api"),
        ),
        ({"date": "2026-11-22T23:30:00-05:00"}, OwnFields(date(2026, 11, 22), "", "")),
        ({"date": "yesterday", "task": 3, "component": ["api"]}, OwnFields(None, "", "")),
        ({"date": 20261122, "task": None}, OwnFields(None, "", "")),
        ({"task": "x" * 300}, OwnFields(None, "x" * 200, "")),
    ],
)
def test_what_a_record_says_of_itself(record: dict[str, Any], expected: OwnFields) -> None:
    assert own_fields(record) == expected


@pytest.mark.parametrize("text", ["", "22.11.2026", "2026-13-01", "2026-02-30", "tomorrow", "1e9"])
def test_a_day_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"isoformat|must be|out of range|Invalid"):
        day_of(text)
