import pytest

from providers.builtin.extraction import Quote, extract_answer
from providers.types import Extract, Prompt, Turn
from tests.growth import assert_linear

FACT = "Mitochondria make ATP from sugar and oxygen."


def prompt_with(message: str, *extracts: Extract) -> Prompt:
    return Prompt("", (Turn("user", message),), extracts)


def test_the_same_sentence_in_two_places_is_quoted_once() -> None:
    answer = extract_answer(prompt_with("What makes ATP?", Extract(1, "a", FACT), Extract(2, "b", FACT)))
    assert answer.quotes == (Quote(1, FACT),)


def test_an_earlier_question_is_not_quoted_as_an_answer() -> None:
    assert extract_answer(prompt_with("What makes ATP?", Extract(1, "a", "What makes ATP?"))).quotes == ()


def test_a_sentence_to_skip_is_not_quoted() -> None:
    assert extract_answer(prompt_with("What makes ATP?", Extract(1, "a", FACT)), skip={FACT}).quotes == ()


def test_the_citations_of_an_old_answer_are_not_quoted() -> None:
    assert extract_answer(prompt_with("What makes ATP?", Extract(1, "a", f"{FACT[:-1]} [7]."))).quotes == (
        Quote(1, FACT),
    )


def test_an_empty_conversation_has_an_empty_answer() -> None:
    assert extract_answer(Prompt("", ())).quotes == ()


@pytest.mark.parametrize("piece", ["*", "[", "a. ", "# ", "```\n", "<a", "1) ", "word ", "Is it? ", "。", "](", ".) "])
def test_the_cost_grows_linearly_up_to_a_hundred_thousand_characters(piece: str) -> None:
    assert_linear(
        lambda text: extract_answer(prompt_with(text, Extract(1, "a", text))),
        lambda size: (piece * size)[:size],
        50_000,
    )
