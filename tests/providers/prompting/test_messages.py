from providers.prompting.messages import earlier_turns, newest_message
from providers.types import Extract, Prompt, Turn


def test_the_turns_begin_with_the_persons_and_leave_out_empty_ones() -> None:
    turns = (Turn("assistant", "cut off"), Turn("user", "a"), Turn("assistant", "\n"), Turn("user", "b"))
    assert earlier_turns(Prompt("", turns)) == (Turn("user", "a"),)


def test_memory_and_material_stand_before_the_question() -> None:
    prompt = Prompt("", (Turn("user", "Why?"),), (Extract(1, "t", "x"),), material="notes")
    memory, material, question = newest_message(prompt)
    assert "<extracts>" in memory
    assert "<material>" in material
    assert question == "Why?"


def test_a_prompt_without_words_still_says_something() -> None:
    assert newest_message(Prompt("", ())) == ["…"]
    assert earlier_turns(Prompt("", ())) == ()


def test_a_last_turn_of_the_model_is_history() -> None:
    turns = (Turn("user", "a"), Turn("assistant", "b"))
    assert earlier_turns(Prompt("", turns)) == turns
