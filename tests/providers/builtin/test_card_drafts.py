from collections import Counter

import pytest

from providers.builtin.card_drafts import MAX_CARDS, cloze_card, definition_card, draft_cards


@pytest.mark.parametrize(
    ("sentence", "question", "answer"),
    [
        ("ATP is the energy currency of the cell.", "What is ATP?", "The energy currency of the cell."),
        ("Mitochondria are organelles that respire.", "What are mitochondria?", "Organelles that respire."),
        ("The Calvin cycle is a set of reactions.", "What is the Calvin cycle?", "A set of reactions."),
        ("Ubiquitous means found everywhere.", "What does ubiquitous mean?", "Found everywhere."),
        ("Stroma: the fluid inside a chloroplast", "What is meant by “Stroma”?", "The fluid inside a chloroplast."),
    ],
)
def test_a_definition_becomes_a_question(sentence: str, question: str, answer: str) -> None:
    card = definition_card(sentence)
    assert card is not None
    assert (card.kind, card.question, card.answer) == ("basic", question, answer)


@pytest.mark.parametrize(
    "sentence",
    ["It is the energy currency of the cell.", "FSRS models memory with three variables: difficulty and others."],
)
def test_a_sentence_that_refers_to_another_is_not_a_definition(sentence: str) -> None:
    assert definition_card(sentence) is None


def test_a_cloze_hides_a_number_or_a_name_rather_than_another_word() -> None:
    card = cloze_card("The battle was fought in 1066 near Hastings.", Counter())
    assert card is not None
    assert card.answer in {"1066", "Hastings"}
    assert card.question.replace(f"{{{{c1::{card.answer}}}}}", card.answer) == (
        "The battle was fought in 1066 near Hastings."
    )


def test_text_that_already_has_gaps_is_left_alone() -> None:
    assert cloze_card("The {{c1::battle}} was fought in 1066.", Counter()) is None


def test_one_card_per_sentence_and_no_question_twice() -> None:
    cards = draft_cards("ATP is the energy currency. ATP is the energy currency. ATP is the energy currency.")
    assert [card.question for card in cards] == ["What is ATP?"]


def test_questions_and_headings_make_no_cards() -> None:
    assert draft_cards("# Cells\nWhat is a cell made of today?\nThe following parts exist:") == []


def test_the_number_of_cards_is_limited() -> None:
    text = " ".join(f"Element{number} is the chemical element with number {number}." for number in range(100))
    assert len(draft_cards(text)) == MAX_CARDS


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\x00",
        "{" * 1000,
        "* " * 5000,
        "a" * 100_000,
        "[" * 100_000,
        "# " * 50_000,
        "```x\n" * 20_000,
        "<a" * 50_000,
    ],
)
def test_unusual_text_raises_no_error(text: str) -> None:
    assert isinstance(draft_cards(text), list)
