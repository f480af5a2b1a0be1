"""Markdown without its markup, and with all of its words."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from base.html.plain_text import CODE_INDENT, plain_text
from search.ranking.words import words
from tests.test_style import PROJECT


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("# A title #", "A title"),
        ("one **bold** and *two* and ***three*** and ~~four~~", "one bold and two and three and four"),
        ("这是**重点**内容", "这是重点内容"),
        ("2*3*4 and snake_case and __init__ and 5 * 6", "2*3*4 and snake_case and __init__ and 5 * 6"),
        ("- one\n* two\n1. three", "• one\n• two\n1. three"),
        ("> said *so*", "said so"),
        ("[the docs](https://a.example/b_(c))", "the docs (https://a.example/b_(c))"),
        ("![a cell](https://a.example/b.png)", "a cell (https://a.example/b.png)"),
        ("<https://a.example>", "https://a.example"),
        ("`a * b` and ``c ` d``", "a * b and ``c ` d``"),
        (r"\*not\* `\*code\*`", r"*not* \*code\*"),
        ("| a | b |\n|---|--:|\n| **1** | 2 |", "a · b\n1 · 2"),
        ("Title\n=====\ntext\n\n---\n", "Title\ntext\n"),
        ("- [x] done", "• [x] done"),
    ],
)
def test_markup_is_left_out(markdown: str, text: str) -> None:
    assert plain_text(markdown) == text


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("```python\nx = **y**\n\n  z\n```\nend", "python\n    x = **y**\n    \n      z\nend"),
        ("- item\n\n  ~~~\n  code\n  ~~~", "• item\n\n    code"),
        ("text\n\n    code\n    more\nend", "text\n\n    code\n    more\nend"),
        ("- item\n\n    of the item", "• item\n\nof the item"),
        ("```\nnever closed", "    never closed"),
    ],
)
def test_code_stays_as_it_is_and_is_indented(markdown: str, text: str) -> None:
    assert [line.rstrip() for line in plain_text(markdown).splitlines()] == [
        line.rstrip() for line in text.splitlines()
    ]


def test_nothing_else_is_indented() -> None:
    assert not plain_text("text\n      continued\n- a\n      - b").replace("\n", "\n ").count(CODE_INDENT)


def test_the_words_of_real_answers_are_the_same() -> None:
    """In Chinese, bold characters and their neighbors become pairs, which they are for readers, too."""
    for path in sorted((PROJECT / "bench" / "learners").glob("*.json")):
        for message in json.loads(path.read_text(encoding="utf-8"))["messages"]:
            before, after = message["text"], plain_text(message["text"])
            assert letters(before) == letters(after)
            assert words(before) == words(after) or "-zh-" in path.name


def letters(text: str) -> list[str]:
    return [character for character in text if character.isalnum()]


@settings(deadline=None)  # the first word of a script loads its stemmer
@given(st.text(alphabet=st.sampled_from("ab1 \n*_`#>|-~[](){}<>\\\t.:/$")))
def test_no_word_is_lost(markdown: str) -> None:
    assert "".join(words(plain_text(markdown))) == "".join(words(markdown))
