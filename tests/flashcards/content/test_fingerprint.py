import pytest

from flashcards.content.fingerprint import fingerprint, normalise


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
def test_what_the_eye_forgives_is_the_same(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("C#", "C"), ("2**3", "23"), ("5!", "5"), ("10²", "102"), ("a > b", "a b"), ("snake_case_name", "snakecasename")],
)
def test_what_means_something_else_is_not(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)


def test_punctuation_alone_is_still_a_text() -> None:
    assert normalise("?") == "?"


def test_a_reversed_card_is_the_basic_card_the_other_way_round() -> None:
    reverse = fingerprint(kind="reverse", ordinal=1, question="Hund", answer="dog")
    assert reverse == fingerprint(kind="basic", ordinal=0, question="dog", answer="Hund")


def test_gaps_of_one_sentence_are_different_cards() -> None:
    prints = {fingerprint(kind="cloze", ordinal=n, question="{{c1::a}} {{c2::b}}", answer="") for n in (1, 2)}
    assert len(prints) == 2
