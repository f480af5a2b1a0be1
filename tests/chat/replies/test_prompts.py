import pytest

from chat.replies.prompts import GO_ON, HISTORY_TOKENS, Remembered, build_prompt, recent, tokens_in
from providers.types import Turn

ASKED, ANSWERED = Turn("user", "What is ATP?"), Turn("assistant", "A carrier of energy.")


@pytest.mark.parametrize(("text", "tokens"), [("", 0), ("abc", 1), ("abcd", 2), ("中", 1), ("😀", 2)])
def test_tokens_are_estimated_upward(text: str, tokens: int) -> None:
    assert tokens_in(text) == tokens


def test_a_short_conversation_is_told_whole() -> None:
    assert build_prompt(turns=[ASKED, ANSWERED, ASKED]).turns == (ASKED, ANSWERED, ASKED)


def test_the_newest_turns_are_kept_and_begin_with_the_person() -> None:
    turns = [ASKED, ANSWERED] * 5 + [ASKED]
    budget = 2 * tokens_in(ASKED.content) + 2 * tokens_in(ANSWERED.content)
    assert recent(turns, budget) == (ASKED, ANSWERED, ASKED)


def test_the_last_question_is_kept_however_long() -> None:
    long = Turn("user", "a" * (HISTORY_TOKENS * 4))
    assert recent([ASKED, ANSWERED, long], HISTORY_TOKENS) == (long,)


def test_nothing_said_is_nothing_told() -> None:
    assert recent([], HISTORY_TOKENS) == ()


def test_memory_is_numbered_beside_the_conversation() -> None:
    prompt = build_prompt(turns=[ASKED], remembered=[Remembered("Cells", "ATP …"), Remembered("Energy", "Heat …")])
    assert [(extract.number, extract.title) for extract in prompt.extracts] == [(1, "Cells"), (2, "Energy")]
    assert "ATP …" not in prompt.system


def test_a_continued_answer_is_told_and_asked_to_go_on() -> None:
    prompt = build_prompt(turns=[ASKED], written="A carrier")
    assert prompt.turns == (ASKED, Turn("assistant", "A carrier"), Turn("user", GO_ON))
