import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memories.records.searchable_text import MAX_LENGTH, searchable_text
from tests.growth import assert_linear

SENTENCE = "The proxy answered with errors until its certificate was renewed by hand."
PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4"
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N"
UUID = "550e8400-e29b-41d4-a716-446655440000"
SHA = "3f2a9c1b2d4e5f60718293a4b5c6d7e8f9012345"

# A record, and the lines that are searched.
SHAPES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "nothing": ({}, []),
    "a word": ({"city": "Oslo"}, ["city: Oslo"]),
    "a long text says by itself what it is": ({"log": SENTENCE}, [SENTENCE]),
    "a key that says nothing": ({"text": "Buy milk"}, ["Buy milk"]),
    "a name": ({"name": "Ada"}, ["name: Ada"]),
    "reading order": ({"b": "2nd", "a": "1st"}, ["b: 2nd", "a: 1st"]),
    "nothing said": ({"a": None, "b": "", "c": [], "d": {}, "e": "  ", "f": [{}, [None]]}, []),
    "yes and no": ({"isOpen": True, "has_errors": False}, ["is Open: yes", "has errors: no"]),
    "keys of several words": (
        {"errorCode": "E1", "error-kind": "io", "HTTPStatus": "bad"},
        ["error Code: E1", "error kind: io", "HTTP Status: bad"],
    ),
    "zero": ({"failures": 0}, ["failures: 0"]),
    "a whole float": ({"load": 3.0}, ["load: 3"]),
    "a float's noise": ({"sum": 0.1 + 0.2}, ["sum: 0.3"]),
    "a small float": ({"rate": 0.00012}, ["rate: 0.00012"]),
    "a negative number": ({"change": -12.5}, ["change: -12.5"]),
    "a large number": ({"population": 8000000000}, ["population: 8000000000"]),
    "a number of too many digits": ({"n": 10**400, "m": 1}, ["m: 1"]),
    "a day": ({"due": "2026-11-22"}, ["due: 2026-11-22 (22 November 2026)"]),
    "a moment": ({"seen": "2026-11-22T09:30:15.123+01:00"}, ["seen: 2026-11-22 09:30 (22 November 2026)"]),
    "seconds since 1970": ({"created_at": 1795339800}, ["created at: 2026-11-22 09:30 (22 November 2026)"]),
    "milliseconds since 1970": ({"timestamp": 1795339800000}, ["timestamp: 2026-11-22 09:30 (22 November 2026)"]),
    "a number that is no time": ({"bytes": 1795339800}, ["bytes: 1795339800"]),
    "a month that does not exist": ({"d": "2026-13-01"}, ["d: 2026-13-01"]),
    "the nearest key": ({"server": {"disk": {"free": "20 GB"}}}, ["free: 20 GB"]),
    "the key above one that says nothing": (
        {"temperature": {"value": 21.5, "unit": "°C"}},
        ["temperature: 21.5", "unit: °C"],
    ),
    "the key above a name": ({"author": {"name": "Ada", "title": "Countess"}}, ["author: Ada", "author: Countess"]),
    "a key and a value": (
        {"tags": [{"Key": "env", "Value": "prod"}, {"name": "zone", "value": "eu"}]},
        ["env: prod", "zone: eu"],
    ),
    "a key that is an id": ({"users": {UUID: {"name": "Ada"}}}, ["users: Ada"]),
    "short values share a line": ({"colors": ["red", "green", 3, True]}, ["colors: red, green, 3, yes"]),
    "long texts have their own": (
        {"notes": [SENTENCE, "short", SENTENCE + "!"]},
        [SENTENCE, SENTENCE + "!", "notes: short"],
    ),
    "lists in lists": ({"rows": [["a", "b"], ["c"]]}, ["rows: a, b", "rows: c"]),
    "objects in a list": ({"steps": [{"do": "wire"}, {"do": "test"}]}, ["do: wire", "do: test"]),
    "no line twice": ({"runs": [{"state": "ok"}, {"state": "ok"}, {"state": "bad"}]}, ["state: ok", "state: bad"]),
    "few numbers": ({"scores": [1, 2.5, 3]}, ["scores: 1, 2.5, 3"]),
    "an embedding": ({"vector": [0.25] * 384, "of": "a cat"}, ["of: a cat"]),
    "a UUID": ({"request": UUID}, []),
    "ids": ({"id": 17, "_id": "64b7f9", "userId": 12, "ids": [1, 2]}, []),
    "an id that users know": ({"issue_id": "API-123", "user_id": "ada"}, ["issue id: API-123", "user id: ada"]),
    "hashes": ({"commit": SHA, "etag": "W/1a2b", "sha256": "9f86d081884c7d659a2feaa0c55ad015"}, []),
    "a hash within a text": ({"event": f"Deployed {SHA} ({UUID}) to prod"}, ["event: Deployed to prod"]),
    "encoded data": ({"icon": PICTURE, "image": f"data:image/png;base64,{PICTURE}", "auth": TOKEN}, []),
    "ids of services": ({"charge": "ch_3MmlLrLkdIwHu7ix0snN0B15", "run": "01ARZ3NDEKTSV4RRFFQ69G5FAV"}, []),
    "names that look like ids": (
        {
            "gpu": "rtx4090-24gb-gpu-node01a",
            "test": "test_models_2026_import_error",
            "code": "ERR_CONNECTION_REFUSED_2",
        },
        ["gpu: rtx4090-24gb-gpu-node01a", "test: test_models_2026_import_error", "code: ERR_CONNECTION_REFUSED_2"],
    ),
    "a function": ({"in": "getUserAccountByEmailAddress"}, ["in: getUserAccountByEmailAddress"]),
    "a path": (
        {"file": "/usr/lib/python3.11/site-packages/lance.py"},
        ["file: /usr/lib/python3.11/site-packages/lance.py"],
    ),
    "a version": ({"uses": "torch==2.3.1+cu121"}, ["uses: torch==2.3.1+cu121"]),
    "a URL": (
        {"link": f"https://user:pw@www.example.org/blog/how-to-train%20it/{UUID}?utm_source=x&id=3#top"},
        ["link: example.org blog how to train it"],
    ),
    "a URL within a text": ({"see": "See https://docs.example.org/api."}, ["see: See docs.example.org api"]),
    "an address": ({"mail": "ada@example.org"}, ["mail: ada@example.org"]),
    "JSON in a string": ({"payload": '{"level": "error", "ids": ["x1"]}'}, ["level: error"]),
    "what only looks like JSON": ({"note": "[sic] he wrote {this}"}, ["note: [sic] he wrote {this}"]),
    "lines of a text": ({"poem": "one  two\r\n\n three\t four "}, ["one two", "three four"]),
    "other scripts": ({"都市": "東京", "Straße": "Müllerstraße 5"}, ["都市: 東京", "Straße: Müllerstraße 5"]),
    "emoji": ({"mood": "🙂 fine"}, ["mood: 🙂 fine"]),
    "a key that is a text": ({"k" * 200: "x"}, ["x"]),
}


@pytest.mark.parametrize(("record", "lines"), SHAPES.values(), ids=SHAPES)
def test_the_text_has_what_users_search_for(record: dict[str, Any], lines: list[str]) -> None:
    assert searchable_text(record).splitlines() == lines


def test_there_are_many_shapes() -> None:
    assert len(SHAPES) >= 40


def test_a_text_is_cut() -> None:
    text = searchable_text({"a": "word " * 10_000, "b": "last"})
    assert len(text) <= MAX_LENGTH
    assert text.endswith("b: last")
    many = searchable_text({"a": [f"entry number {number} of a long list" + "!" * 60 for number in range(5_000)]})
    assert MAX_LENGTH - 200 < len(many) <= MAX_LENGTH


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=40)
    | st.text('0123456789abcdefABCDEF-:/TZ.@{}[]", ', max_size=80)
)
RECORDS = st.dictionaries(
    st.text(max_size=12) | st.sampled_from(["id", "value", "name", "key", "createdAt", "user_id", "text", "items"]),
    st.recursive(
        SCALARS,
        lambda inner: (
            st.lists(inner, max_size=5)
            | st.dictionaries(st.sampled_from(["key", "value", "name", "id", "a", "B"]), inner)
        ),
    ),
    max_size=6,
)


def reordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: reordered(value[key]) for key in reversed(value)}
    return [reordered(item) for item in value] if isinstance(value, list) else value


@settings(max_examples=40)
@given(RECORDS)
def test_any_record_has_a_bounded_text_whose_lines_do_not_depend_on_the_order_of_keys(record: dict[str, Any]) -> None:
    text = searchable_text(record)
    assert len(text) <= MAX_LENGTH
    if len(text) < MAX_LENGTH // 2:
        assert set(searchable_text(reordered(record)).splitlines()) == set(text.splitlines())


@pytest.mark.parametrize("unit", ["aB3", "a1 ", "a://b@", "{", '{"a":', "[", "data:a;"])
def test_the_cost_grows_with_the_length(unit: str) -> None:
    def read(text: str) -> None:
        searchable_text({"a": [text], text: text, "b": {"key": text, "value": text}})

    assert_linear(read, unit.__mul__, 2_000)


def test_the_cost_grows_with_the_number_of_keys() -> None:
    def record(size: int) -> str:
        return json.dumps({f"key{number}": [number] for number in range(size)})

    assert_linear(lambda text: searchable_text(json.loads(text)), record, 1_000)
