import pytest

from passages.plain_text import beginning, without_blank_lines


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("short", "short"),
        ("exactly 10", "exactly 10"),
        ("one two three", "one two"),
        ("line one\ntwo", "line one"),
        ("a bcdefghijklmnop", "a bcdefghi"),
    ],
)
def test_the_beginning_ends_after_a_line_or_a_word(text: str, cut: str) -> None:
    assert beginning(text, 10) == cut


def test_blank_lines_are_left_out_and_indents_kept() -> None:
    assert without_blank_lines("\nfirst\n\n \n  second\nthird \n") == "first\n  second\nthird"
