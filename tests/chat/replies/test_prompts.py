import pytest

from chat.replies.prompts import CONTINUE, HISTORY_TOKENS, ContextExtract, build_prompt, recent, tokens_in
from providers.types import Turn

ASKED, ANSWERED = Turn("user", "What is ATP?"), Turn("assistant", "A carrier of energy.")


@pytest.mark.parametrize(("text", "tokens"), [("", 0), ("abc", 1), ("abcd", 2), ("中", 1), ("😀", 2)])
def test_tokens_are_estimated_upward(text: str, tokens: int) -> None:
    assert tokens_in(text) == tokens


def test_a_short_conversation_is_sent_whole() -> None:
    assert build_prompt(turns=[ASKED, ANSWERED, ASKED]).turns == (ASKED, ANSWERED, ASKED)


def test_the_newest_turns_are_kept_and_begin_with_the_user() -> None:
    turns = [ASKED, ANSWERED] * 5 + [ASKED]
    budget = 2 * tokens_in(ASKED.content) + 2 * tokens_in(ANSWERED.content)
    assert recent(turns, budget) == (ASKED, ANSWERED, ASKED)


def test_the_last_question_is_kept_however_long() -> None:
    long = Turn("user", "a" * (HISTORY_TOKENS * 4))
    assert recent([ASKED, ANSWERED, long], HISTORY_TOKENS) == (long,)


def test_no_turns_make_an_empty_history() -> None:
    assert recent([], HISTORY_TOKENS) == ()


def test_extracts_are_numbered_and_kept_out_of_the_system_prompt() -> None:
    prompt = build_prompt(
        turns=[ASKED], extracts={1: ContextExtract("Cells", "ATP …"), 3: ContextExtract("Energy", "Heat …")}
    )
    assert [(extract.number, extract.title) for extract in prompt.extracts] == [(1, "Cells"), (3, "Energy")]
    assert "ATP …" not in prompt.system


def test_a_continued_answer_is_sent_with_a_request_to_continue() -> None:
    prompt = build_prompt(turns=[ASKED], written_so_far="A carrier")
    assert prompt.turns == (ASKED, Turn("assistant", "A carrier"), Turn("user", CONTINUE))
