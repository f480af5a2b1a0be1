import json
from typing import Any

import pytest

from memories.errors import InvalidWhere
from memories.search.where import MAX_WHERE_BYTES, checked_where, parsed_where


def nested(depth: int) -> str:
    return '{"a":' * depth + "1" + "}" * depth


@pytest.mark.parametrize("text", ["{}", '{"status": "open"}', '{"a": [1, 2.5, null, {"b": true}]}', nested(32)])
def test_an_object_with_values(text: str) -> None:
    assert parsed_where(text) == json.loads(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", "open", "status = 'open'", "'; DROP TABLE memories_memory; --", "[]", "null", "3", '"a"', '{"a": 1'),
        *('{"a": NaN}', '{"a": -Infinity}', '{"a": 1e999}', '{"a": ' + "9" * 5_000 + "}"),
        *('{"age": {"$gt": 3}}', '{"$or": [{"a": 1}]}', '{"a": [{"b": {"$regex": "x"}}]}'),
        *('{"a": "\\u0000"}', '{"\\ud800": 1}', nested(33), nested(10_000)),
        json.dumps({"a": "x" * MAX_WHERE_BYTES}),
    ],
)
def test_what_is_no_such_object_is_refused(text: str) -> None:
    with pytest.raises(InvalidWhere):
        parsed_where(text)


@pytest.mark.parametrize("value", [None, [], "{}", {"a": float("nan")}, {"a": {"$gt": 1}}])
def test_an_object_from_another_parser_is_checked_too(value: Any) -> None:
    with pytest.raises(InvalidWhere):
        checked_where(value)


def test_the_message_names_the_operator() -> None:
    with pytest.raises(InvalidWhere, match=r"\$gt"):
        checked_where({"age": {"$gt": 3}})
