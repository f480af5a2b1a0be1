import pytest
from pydantic import BaseModel

from providers.builtin.tutor import Tutor
from providers.errors import NeedsModel
from providers.types import CardProposals, Extract, Prompt, TreeProposal, Turn

NOTES = """Photosynthesis is the process by which plants turn light into chemical energy.
The light reactions happen in the thylakoid membrane. The Calvin cycle fixes carbon dioxide in the stroma.
Melvin Calvin received the Nobel Prize in 1961. Chlorophyll absorbs mostly blue and red light."""


def answer_to(message: str, *extracts: Extract) -> str:
    return "".join(Tutor().stream(prompt=Prompt("", (Turn("user", message),), extracts), model="tutor"))


def test_an_answer_quotes_an_extract_with_its_number() -> None:
    answer = answer_to("Who won the Nobel prize?", Extract(3, "Biology", NOTES))
    assert "Melvin Calvin received the Nobel Prize in 1961. [3]" in answer
    assert "Chlorophyll" not in answer


def test_an_answer_says_that_the_tutor_is_not_a_language_model() -> None:
    assert "not a language model" in answer_to("Who won the Nobel prize?", Extract(1, "Biology", NOTES))


def test_an_answer_without_extracts_says_what_to_do() -> None:
    answer = answer_to("What is the capital of France?", Extract(1, "Biology", NOTES))
    assert "There is nothing about this in your memory yet." in answer
    assert "connect Claude or Ollama" in answer
    assert "[1]" not in answer


def test_notes_in_the_message_are_summarized() -> None:
    answer = answer_to(NOTES)
    assert "The light reactions happen in the thylakoid membrane." in answer


def test_a_question_with_notes_is_answered_from_the_notes() -> None:
    answer = answer_to(f"{NOTES}\nWhere do the light reactions happen?")
    assert answer.startswith("From your notes:")
    assert "thylakoid" in answer
    assert "1961" not in answer


def test_a_follow_up_without_keywords_is_about_the_question_before() -> None:
    turns = (Turn("user", "Who won the Nobel prize?"), Turn("assistant", "…"), Turn("user", "And when was that?"))
    prompt = Prompt("", turns, (Extract(1, "Biology", NOTES),))
    assert "1961" in "".join(Tutor().stream(prompt=prompt, model="tutor"))


def test_an_interrupted_answer_continues_where_it_stopped() -> None:
    turns = (Turn("user", "Who won the Nobel prize?"),)
    extracts = (Extract(1, "Biology", NOTES),)
    full_answer = "".join(Tutor().stream(prompt=Prompt("", turns, extracts), model="tutor"))
    broken = (*turns, Turn("assistant", full_answer[:40]), Turn("user", "Go on exactly where your answer broke off."))
    assert "".join(Tutor().stream(prompt=Prompt("", broken, extracts), model="tutor")) == full_answer[40:]


def test_only_the_quotes_of_an_old_answer_are_quoted_again() -> None:
    old = answer_to("Who won the Nobel prize?", Extract(9, "Biology", NOTES))
    answer = answer_to("Who won the Nobel prize?", Extract(1, "Chat", old))
    assert "Melvin Calvin received the Nobel Prize in 1961. [1]" in answer
    assert "[9]" not in answer
    assert answer_to("Is the built-in tutor a language model?", Extract(1, "Chat", old)).startswith(
        "There is nothing about this in your memory"
    )


def test_cards_from_an_old_answer_are_about_its_quotes_only() -> None:
    old = answer_to("Who won the Nobel prize?", Extract(9, "Biology", NOTES))
    proposals = Tutor().structured(prompt=Prompt("", (), material=old), schema=CardProposals, model="tutor")
    (card,) = proposals.cards
    assert card.question.replace(f"{{{{c1::{card.answer}}}}}", card.answer) == (
        "Melvin Calvin received the Nobel Prize in 1961."
    )


def test_an_answer_comes_word_by_word() -> None:
    pieces = list(Tutor().stream(prompt=Prompt("", (Turn("user", "Hello"),)), model="tutor"))
    assert len(pieces) > 10
    assert all(len(piece.split()) == 1 for piece in pieces)


def test_an_empty_prompt_still_has_an_answer() -> None:
    assert "".join(Tutor().stream(prompt=Prompt("", ()), model="tutor"))


def test_cards_are_proposed_from_the_material() -> None:
    proposals = Tutor().structured(prompt=Prompt("", (), material=NOTES), schema=CardProposals, model="tutor")
    assert ("What is photosynthesis?", "basic") in {(card.question, card.kind) for card in proposals.cards}


def test_a_skill_tree_is_made_from_the_material_and_sent_as_json() -> None:
    prompt = Prompt("", (), material="Biology\n- Cells\n  - Membrane\n- Plants")
    text = "".join(Tutor().stream_json(prompt=prompt, schema=TreeProposal, model="tutor"))
    assert [branch.title for branch in TreeProposal.model_validate_json(text).branches] == ["Cells", "Plants"]


def test_any_other_schema_needs_a_model() -> None:
    class Tree(BaseModel):
        nodes: list[str]

    with pytest.raises(NeedsModel):
        Tutor().structured(prompt=Prompt("", (), material=NOTES), schema=Tree, model="tutor")


def test_the_tutor_is_always_available_and_its_label_says_what_it_is() -> None:
    (model,) = Tutor().models()
    assert model.available
    assert "no language model" in model.label
