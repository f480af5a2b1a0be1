from memories.editing.wrong_lines import MAX_SHOWN, lines_around

TEXT = "\n".join(["{", '"a": 1,', '"b": "' + "x" * 500 + '" 1 ' + "y" * 500, '"c": 1,', '"d": 1,', "}"])


def test_two_lines_on_either_side_are_shown_and_a_long_one_is_cut_around_the_error() -> None:
    shown = lines_around(TEXT, line=3, column=509)
    assert [(line.number, line.is_wrong) for line in shown] == [
        (1, False),
        (2, False),
        (3, True),
        (4, False),
        (5, False),
    ]
    assert '" 1 y' in shown[2].text
    assert len(shown[2].text) == MAX_SHOWN + 2
    beginning = lines_around(TEXT, line=1, column=1)
    assert [(line.number, line.is_wrong) for line in beginning] == [(1, True), (2, False), (3, False)]
    assert beginning[2].text == '"b": "' + "x" * (MAX_SHOWN - 6) + "…"
    assert [line.number for line in lines_around(TEXT, line=6, column=2)] == [4, 5, 6]
    assert [line.text for line in lines_around("", line=1, column=1)] == [""]
