import pytest

from providers.builtin.sentences import keywords, sentences, strip_markdown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One fact. Another fact.", ["One fact.", "Another fact."]),
        ("Dr. Salk, e.g. Jonas, made it. It worked!", ["Dr. Salk, e.g. Jonas, made it.", "It worked!"]),
        ("Version 3.11 is old. It runs.", ["Version 3.11 is old.", "It runs."]),
        ("# Title\n- first point\n2. second point", ["Title", "first point", "second point"]),
        ("Before.\n```python\nx = 1. Y\n```\nAfter.", ["Before.", "After."]),
        ("光合作用。它发生在叶绿体。", ["光合作用。", "它发生在叶绿体。"]),
        ("", []),
    ],
)
def test_text_is_split_into_sentences(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_markdown_markup_and_tags_are_left_out() -> None:
    assert strip_markdown("**Bold** and `code`, [a link](http://x/y) ![pic](http://evil/z) <b>tag</b>") == (
        "Bold and code, a link pic tag"
    )


def test_multiplication_signs_are_kept() -> None:
    assert strip_markdown("2 * 3 * 4") == "2 * 3 * 4"


def test_stop_words_are_not_keywords() -> None:
    assert keywords("What is the Calvin cycle?") == ["calvin", "cycl"]


def test_scripts_without_spaces_give_pairs_of_characters() -> None:
    assert keywords("光合作用") == ["光合", "合作", "作用"]
