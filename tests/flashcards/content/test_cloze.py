import pytest
from hypothesis import given
from hypothesis import strategies as st

from flashcards.content import cloze

SENTENCE = "The {{c1::mitochondrion::organelle}} makes {{c2::ATP}}, says {{c1::she}}."


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        (SENTENCE, [1, 2]),
        ("{{c10::ten}} before {{c2::two}}", [2, 10]),
        ("{{c0::zero}} {{c100::hundred}} {{c::none}} {{c1::}} {c1::single}", []),
        ("a gap over {{c1::two\nlines}}", [1]),
    ],
)
def test_each_gap_number_is_listed_once_in_ascending_order(text: str, numbers: list[int]) -> None:
    assert cloze.gap_numbers(text) == numbers


def test_a_hidden_gap_shows_its_hint_and_the_other_gaps_their_text() -> None:
    assert cloze.question(SENTENCE, 1) == "The **[organelle]** makes ATP, says **[…]**."


def test_the_answer_shows_the_text_of_the_gap_in_bold() -> None:
    assert cloze.answer(SENTENCE, 2) == "The mitochondrion makes **ATP**, says she."


@given(st.text(max_size=200))
def test_any_text_can_be_parsed(text: str) -> None:
    assert cloze.strip_markup(text) == text or cloze.gap_numbers(text)
