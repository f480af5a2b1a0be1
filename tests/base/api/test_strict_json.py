import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from base.api.strict_json import NotStrictJson, parse_json
from tests.growth import assert_linear

# The source, its line and column, and a part of the reason.
FAULTS: list[tuple[str | bytes, int, int, str]] = [
    ("", 1, 1, "value is missing"),
    ("\ufeff{}", 1, 1, "value is missing"),
    ("{", 1, 2, "key in double quotes"),
    ("{a: 1}", 1, 2, "key in double quotes"),
    ("{'a': 1}", 1, 2, "key in double quotes"),
    ('{"a": 1,}', 1, 9, "one too many"),
    ('{"a" 1}', 1, 6, "colon"),
    ('{\n  "a": 1\n  "b": 2}', 3, 3, "comma"),
    ('{"a":\n [1, 2', 2, 7, "closing bracket"),
    ("[1,]", 1, 4, "value is missing"),
    ("[01]", 1, 3, "comma"),
    ("[.5]", 1, 2, "value is missing"),
    ("[+1]", 1, 2, "value is missing"),
    ("[True]", 1, 2, "value is missing"),
    ('{"a": "b', 1, 7, "no closing quote"),
    ('"a\nb"', 1, 3, "line break"),
    ('["\\x"]', 1, 3, "backslash"),
    ('["\\u12"]', 1, 4, "hexadecimal"),
    ("{} {}", 1, 4, "after the end"),
    ("// note\n{}", 1, 1, "value is missing"),
    ('{"a": 1,\n "b": {"c": 1}, "a": 2}', 2, 17, "“a” is there twice"),
    ('[{"a\\u0062": 1, "ab": 2}]', 1, 17, "“ab” is there twice"),
    ("[1, NaN]", 1, 5, "no NaN"),
    ('{"Infinity": Infinity}', 1, 14, "no Infinity"),
    ("[-Infinity]", 1, 2, "no -Infinity"),
    ("[1, 1e999]", 1, 5, "too large"),
    ("[-" + "9" * 400 + "]", 1, 2, "too large"),
    ("[" + "9" * 10_000 + "]", 1, 2, "too large"),
    ('{"a": "x\\u0000"}', 1, 7, "NUL"),
    ('{"a": 1,\n"\\ud800": 2}', 2, 1, "half a surrogate pair"),
    ('["\\udc00\\ud800"]', 1, 2, "half a surrogate pair"),
    ('["\ud800"]', 1, 2, "half a surrogate pair"),
    (b'{\n"a": "\xff"}', 2, 7, "not UTF-8"),
    ('{"a": 1}'.encode("utf-16"), 1, 1, "not UTF-8"),
    ("[" * 100_000, 0, 0, "too deep"),
    ('{"a":' * 10_000 + "1" + "}" * 10_000, 0, 0, "too deep"),
]


@pytest.mark.parametrize(("source", "line", "column", "reason"), FAULTS, ids=lambda value: repr(value)[:30])
def test_each_fault_has_its_place_and_a_reason(source: str | bytes, line: int, column: int, reason: str) -> None:
    with pytest.raises(NotStrictJson) as caught:
        parse_json(source)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert reason in caught.value.reason


@pytest.mark.parametrize(
    ("source", "value"),
    [
        (b' {"b": [1.0, 2, true, null], "a": {"b": "\xc3\xa9"}} \r\n', {"b": [1.0, 2, True, None], "a": {"b": "é"}}),
        ('{"a": {"a": 1}, "b": [{"a": 1}, {"a": 2}]}', {"a": {"a": 1}, "b": [{"a": 1}, {"a": 2}]}),
        (r'["\ud83d\ude00 \\u0000 \\ud800"]', ["😀 \\u0000 \\ud800"]),
        ("[1e308, 12345678901234567890]", [1e308, 12345678901234567890]),
        ("[" + "9" * 308 + "]", [int("9" * 308)]),
        ("[" * 30 + "]" * 30, json.loads("[" * 30 + "]" * 30)),
    ],
)
def test_what_json_allows_is_read(source: str | bytes, value: Any) -> None:
    assert parse_json(source) == value


def test_whole_floats_stay_floats_and_keys_keep_their_order() -> None:
    value = parse_json('{"z": 1.0, "a": 1, "m": 1e2}')
    assert json.dumps(value) == '{"z": 1.0, "a": 1, "m": 100.0}'


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(10**20), 10**20)
        | st.floats(allow_nan=False, allow_infinity=False)
        # Without surrogates and NUL, which can't be stored.
        | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=3).filter(lambda key: "\0" not in key), inner),
    ),
    st.booleans(),
)
def test_what_python_writes_is_read_again(value: Any, escaped: bool) -> None:
    assert parse_json(json.dumps(value, ensure_ascii=escaped)) == value


@given(st.text('{}[]:,"\\ue1-.dNan0\n ', max_size=30) | st.binary(max_size=30))
def test_any_text_is_read_as_python_reads_it_or_refused(source: str | bytes) -> None:
    try:
        value = parse_json(source)
    except NotStrictJson:
        return
    assert value == json.loads(source)
    assert not isinstance(value, float) or math.isfinite(value)


@pytest.mark.parametrize("unit", ['"\\ud83d\\ude00",', '"\\u0000",', '"\\\\",', '{"a":1},', "1.5,", '"\\ud800', "\\"])
def test_the_cost_grows_with_the_length(unit: str) -> None:
    def read(text: str) -> None:
        try:
            parse_json(text)
        except NotStrictJson:
            return

    assert_linear(read, lambda size: "[" + unit * size + "0, NaN]", 20_000)
