import json
from collections.abc import Iterator

import pytest

from memories.bulk import reading
from memories.bulk.errors import TooManyBytes, TooManyLines
from memories.bulk.reading import MAX_BYTES, MAX_LINE_BYTES, MAX_LINES, Line, read_lines
from memories.bulk.report import LineError

LINE = b'{"project":"Lab","data":{"a":1.0}}'


def errors(content: bytes) -> dict[int, str]:
    return {line.number: line.detail for line in read_lines([content]) if isinstance(line, LineError)}


def test_lines_are_the_same_however_the_body_is_cut() -> None:
    whole = b"\xef\xbb\xbf" + LINE + b"\r\n\n" + '{"project":"Läb","data":{"b":"ö"},"tags":["x"]}'.encode() + b"\n{\n"
    expected = list(read_lines([whole]))
    assert [line.number for line in expected] == [1, 3, 4]
    assert isinstance(expected[0], Line)
    assert (expected[0].project, expected[0].values["body"]) == ("Lab", '{"a":1.0}')
    assert isinstance(expected[2], LineError)
    for size in (1, 2, 7, 50):
        pieces = [whole[start : start + size] for start in range(0, len(whole), size)]
        assert list(read_lines(pieces)) == expected


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"data":{"a":NaN}}', "At character 14: JSON has no NaN."),
        (b'{"data":{"a":1,"a":2}}', "The key “a” is there twice"),
        (b'{"data":{"a":"\\u0000"}}', "NUL"),
        (b'{"data":{"a":"\\ud800"}}', "half a surrogate pair"),
        (b'{"data":{"a":1e999}}', "too large"),
        (b'{"data":{"a":' + b"[" * 10_000 + b"]" * 10_000 + b"}}", "nested too deep"),
        (b'{"data":{"a":' + b"[" * 32 + b"]" * 32 + b"}}", "32 levels"),
        (b'{"data":{"a":"\xff"}}', "not UTF-8"),
        (b"[]", "“data”"),
        (b"3", "“data”"),
        (b"{}", "data: Field required"),
        (b'{"data":[1]}', "data: "),
        (b'{"data":{},"tags":"x"}', "tags: "),
        (b'{"data":{},"tags":["ok",""]}', "tags.1: "),
        (b'{"data":{},"date":"22.11.2026"}', "date: Value error, Input should be a date such as 2026-11-21"),
        (b'{"data":{},"date":20261122}', "date: "),
        (b'{"data":{},"date":"2026-02-30"}', "date: "),
        (b'{"data":{},"key":7}', "key: "),
        (json.dumps({"data": {"a": "x" * 70_000}}).encode(), "64 KB"),
        (b'{"data":{"a":"' + b"x" * MAX_LINE_BYTES + b'"}}', "512 KB"),
        (b"{", "double quotes"),
    ],
)
def test_a_bad_line_has_its_number_and_a_reason_and_the_others_are_read(line: bytes, reason: str) -> None:
    found = errors(LINE + b"\n" + line + b"\n" + LINE)
    assert list(found) == [2]
    assert reason in found[2]


def test_the_largest_record_fits_with_all_its_characters_escaped() -> None:
    record = {"a": "é" * ((64 * 1024 - 8) // 2)}
    [line] = read_lines([json.dumps({"project": "Lab", "data": record}).encode()])
    assert isinstance(line, Line)
    assert line.values["data"] == record


def test_there_may_be_so_many_lines_and_no_more() -> None:
    assert sum(1 for _line in read_lines([(LINE + b"\n") * MAX_LINES])) == MAX_LINES
    with pytest.raises(TooManyLines):
        list(read_lines([(b"\n") * (MAX_LINES + 1)]))


def test_a_body_without_end_is_not_held(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a line without end only the beginning is kept, and reading stops at the limit."""
    read = 0

    def endless() -> Iterator[bytes]:
        nonlocal read
        while True:
            read += 1_000_000
            yield b"x" * 1_000_000

    with pytest.raises(TooManyBytes):
        list(read_lines(endless()))
    assert read <= MAX_BYTES + 1_000_000
    lengths: list[int] = []
    monkeypatch.setattr(reading, "_read", lambda number, line: lengths.append(len(line)))
    list(read_lines([b"x" * 1_000_000] * 20))
    assert lengths == [MAX_LINE_BYTES + 1]
