import pytest
from hypothesis import given
from hypothesis import strategies as st

from flashcards.content import cloze
from flashcards.content.faces import Faces, faces, ordinals

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
def test_the_gaps_of_a_text(text: str, numbers: list[int]) -> None:
    assert cloze.numbers(text) == numbers


def test_a_closed_gap_shows_its_hint_and_the_others_their_words() -> None:
    assert cloze.question(SENTENCE, 1) == "The **[organelle]** makes ATP, says **[…]**."


def test_the_answer_shows_the_words_in_bold() -> None:
    assert cloze.answer(SENTENCE, 2) == "The mitochondrion makes **ATP**, says she."


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    assert cloze.plain(text) == text or cloze.numbers(text)


def test_a_reversed_card_asks_the_answer() -> None:
    assert faces(kind="reverse", ordinal=1, question="Hund", answer="dog") == Faces("dog", "Hund")


def test_a_cloze_shows_a_remark_that_is_more_than_its_gap() -> None:
    shown = faces(kind="cloze", ordinal=2, question=SENTENCE, answer="Most of it.")
    assert shown.back == "The mitochondrion makes **ATP**, says she.\n\nMost of it."
    assert faces(kind="cloze", ordinal=2, question=SENTENCE, answer="ATP").back.endswith("she.")


@pytest.mark.parametrize(("kind", "expected"), [("basic", [0]), ("reverse", [0, 1]), ("cloze", [1, 2])])
def test_which_cards_a_note_has(kind: str, expected: list[int]) -> None:
    assert ordinals(kind=kind, question=SENTENCE) == expected
