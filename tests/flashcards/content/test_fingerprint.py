import pytest

from flashcards.content.fingerprint import fingerprint, normalize


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
