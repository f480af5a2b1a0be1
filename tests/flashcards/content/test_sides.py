import pytest

from flashcards.content.sides import Sides, ordinals, sides

SENTENCE = "The {{c1::mitochondrion::organelle}} makes {{c2::ATP}}, says {{c1::she}}."


def test_a_reversed_card_asks_the_answer() -> None:
    assert sides(kind="reverse", ordinal=1, question="Hund", answer="dog") == Sides("dog", "Hund")


def test_a_cloze_shows_its_remark_unless_the_gap_already_says_it() -> None:
    both = sides(kind="cloze", ordinal=2, question=SENTENCE, answer="Most of it.")
    assert both.back == "The mitochondrion makes **ATP**, says she.\n\nMost of it."
    assert sides(kind="cloze", ordinal=2, question=SENTENCE, answer="ATP").back.endswith("she.")


@pytest.mark.parametrize(("kind", "expected"), [("basic", [0]), ("reverse", [0, 1]), ("cloze", [1, 2])])
def test_the_kind_of_a_note_decides_how_many_cards_it_has(kind: str, expected: list[int]) -> None:
    assert ordinals(kind=kind, question=SENTENCE) == expected
