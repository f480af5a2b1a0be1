import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flashcards.content.fingerprint import fingerprint, normalize
from flashcards.models import MAX_SIDE_LENGTH
from tests.growth import assert_linear

# How fingerprints were first defined; stored ones must stay valid. The time is quadratic in the length of the text.
EMPHASIS = re.compile(r"(?<!\w)(\*\*|__|\*|_|`)(?=\S)(.+?)(?<=\S)\1(?!\w)", re.DOTALL)
LINE_MARK = re.compile(r"^\s*(?:#{1,6}|>|[-*+])\s+", re.MULTILINE)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("What is ATP?", "what  is\natp"),
        ("**Paris** is the capital.", "Paris is the *capital*"),
        ("# Heading", "heading"),
        ("- an item", "An item."),
        ("caf\u00e9", "cafe\u0301"),
        ("`code`", "code"),
    ],
)
def test_texts_that_differ_in_form_only_are_equal(one: str, other: str) -> None:
    assert normalize(one) == normalize(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("C#", "C"), ("2**3", "23"), ("5!", "5"), ("10²", "102"), ("a > b", "a b"), ("snake_case_name", "snakecasename")],
)
def test_texts_that_differ_in_meaning_are_not_equal(one: str, other: str) -> None:
    assert normalize(one) != normalize(other)


def test_a_text_of_punctuation_only_is_kept() -> None:
    assert normalize("?") == "?"


def test_a_reversed_card_equals_the_basic_card_with_swapped_sides() -> None:
    reverse = fingerprint(kind="reverse", ordinal=1, question="Hund", answer="dog")
    assert reverse == fingerprint(kind="basic", ordinal=0, question="dog", answer="Hund")


def test_gaps_of_one_sentence_are_different_cards() -> None:
    prints = {fingerprint(kind="cloze", ordinal=n, question="{{c1::a}} {{c2::b}}", answer="") for n in (1, 2)}
    assert len(prints) == 2


@given(st.text(alphabet=st.sampled_from("**__`` \n\t\r\v#->+.?aé1\u2003"), max_size=60))
def test_a_text_has_the_fingerprint_that_it_always_had(text: str) -> None:
    bare = LINE_MARK.sub("", unicodedata.normalize("NFC", text).casefold())
    bare = EMPHASIS.sub(r"\2", EMPHASIS.sub(r"\2", bare))
    bare = " ".join(bare.split())
    assert normalize(text) == (bare.rstrip(" .?…:;,。？") or bare)


@pytest.mark.parametrize(
    "piece",
    [
        "**a ",
        "*a ",
        "__a ",
        "_a ",
        "`a ",
        "**a** ",
        "*",
        "`",
        "\n",
        " \n",
        "a\n",
        "# ",
        "#",
        "- \n",
        ". ",
        " a",
        "{{c1::",
    ],
)
def test_the_cost_of_a_fingerprint_grows_linearly(piece: str) -> None:
    assert_linear(normalize.__wrapped__, lambda size: ("x" + piece * size)[: size - 1] + "x", MAX_SIDE_LENGTH // 2)
