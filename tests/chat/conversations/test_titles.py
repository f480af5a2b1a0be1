import pytest

from chat.conversations.titles import MAX_TITLE_LENGTH, title_from


@pytest.mark.parametrize(
    ("message", "title"),
    [
        ("What is ATP?", "What is ATP?"),
        ("\n\n# Heading\nMore", "Heading"),
        ("- item one", "item one"),
        ("  much    space  ", "much space"),
        ("```\ncode", "code"),
        ("***", ""),
        ("", ""),
    ],
)
def test_a_title_is_the_first_line_of_words(message: str, title: str) -> None:
    assert title_from(message) == title


def test_a_long_line_is_cut_at_a_word() -> None:
    title = title_from("word " * 50)
    assert title.endswith("word…")
    assert len(title) <= MAX_TITLE_LENGTH + 1


def test_a_long_line_without_spaces_is_cut_too() -> None:
    assert title_from("字" * 500) == "字" * MAX_TITLE_LENGTH + "…"
