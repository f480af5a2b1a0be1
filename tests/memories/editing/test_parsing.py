import pytest

from memories.editing.parsing import (
    MAX_SHOWN,
    NOT_A_NUMBER,
    NOT_AN_OBJECT,
    REPEATED_NAME,
    TOO_DEEP,
    UNSTORABLE,
    WrongJson,
    indented,
    record_from,
)


def test_a_record_keeps_the_order_of_its_names() -> None:
    record = record_from('{\r\n "b": 1,\r\n "a": ["{:,}", {"b": 1.0}], "c": "\\u00e9 \\ud83d\\ude00"}')
    assert list(record) == ["b", "a", "c"]
    assert record["c"] == "é 😀"
    assert indented('{"b":1,"a":"é"}') == '{\n  "b": 1,\n  "a": "é"\n}'


@pytest.mark.parametrize(
    ("text", "reason", "line", "column"),
    [
        ("", "Expecting value", 1, 1),
        ("\n [1]", NOT_AN_OBJECT, 2, 2),
        ('"text"', NOT_AN_OBJECT, 1, 1),
        ('{\n "a": 1\n "b": 2}', "Expecting ',' delimiter", 3, 2),
        ('{"a": 1}\n}', "Extra data", 2, 1),
        ('{"a": 1,\n "b": {"a": 2},\n "a": 3}', REPEATED_NAME, 3, 2),
        ('{"a": 1, "\\u0061": 2}', REPEATED_NAME, 1, 10),
        ('{"a":\n NaN}', NOT_A_NUMBER, 2, 2),
        ('{"a":\n [-Infinity]}', NOT_A_NUMBER, 2, 3),
        ('{"a":\n 1e999}', NOT_A_NUMBER, 2, 2),
        ('{"a":\n ' + "9" * 10_000 + "}", NOT_A_NUMBER, 2, 2),
        ('{"a":\n "\\u0000"}', UNSTORABLE, 2, 2),
        ('{"\\ud800": 1}', UNSTORABLE, 1, 2),
        ("{\n" + '"a":' + "[" * 40 + "]" * 40 + "}", TOO_DEEP, 2, 36),
        ('{"a":' * 100_000, TOO_DEEP, 1, 161),
    ],
)
def test_an_error_has_its_place(text: str, reason: str, line: int, column: int) -> None:
    with pytest.raises(WrongJson) as error:
        record_from(text)
    assert (error.value.reason, error.value.line, error.value.column) == (reason, line, column)


def test_the_lines_around_an_error_are_shown_and_long_ones_cut() -> None:
    lines = ['"a": 1,', '"b": 2,', '"c": "' + "x" * 500 + '" 1 ' + "y" * 500, '"d": 1,', '"e": 1,', "}"]
    with pytest.raises(WrongJson) as error:
        record_from("\n".join(["{", *lines]))
    shown = error.value.lines
    assert [line.number for line in shown] == [2, 3, 4, 5, 6]
    assert [line.is_wrong for line in shown] == [False, False, True, False, False]
    assert '" 1' in shown[2].text
    assert len(shown[2].text) == MAX_SHOWN + 2
