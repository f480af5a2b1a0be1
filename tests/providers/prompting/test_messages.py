import re

from providers.prompting.messages import earlier_turns, newest_message
from providers.types import Extract, Prompt, Turn


def test_the_turns_begin_with_the_users_and_empty_turns_are_left_out() -> None:
    turns = (Turn("assistant", "cut off"), Turn("user", "a"), Turn("assistant", "\n"), Turn("user", "b"))
    assert earlier_turns(Prompt("", turns)) == (Turn("user", "a"),)


def test_extracts_and_material_come_before_the_question() -> None:
    prompt = Prompt("", (Turn("user", "Why?"),), (Extract(1, "t", "x"),), material="notes")
    extracts, material, question = newest_message(prompt)
    assert "<extracts-" in extracts
    assert "<material-" in material
    assert question == "Why?"


def test_the_tags_of_each_request_have_another_name() -> None:
    prompt = Prompt("", (Turn("user", "Why?"),), (Extract(1, "t", "x"),), material="notes")
    marks = set()
    for _ in range(20):
        text = "".join(newest_message(prompt))
        [mark] = set(re.findall(r"</?(?:extracts?|material)-([0-9a-f]{8})\b", text))
        marks.add(mark)
    assert len(marks) == 20


def test_an_empty_prompt_still_sends_a_message() -> None:
    assert newest_message(Prompt("", ())) == ["…"]
    assert earlier_turns(Prompt("", ())) == ()


def test_a_last_turn_of_the_model_counts_as_history() -> None:
    turns = (Turn("user", "a"), Turn("assistant", "b"))
    assert earlier_turns(Prompt("", turns)) == turns


def test_the_goal_of_the_conversation_comes_first() -> None:
    prompt = Prompt("", (Turn("user", "Why?"),), (Extract(1, "t", "x"),), goal="Read Spanish")
    goal, extracts, question = newest_message(prompt)
    assert re.search(r"<goal-([0-9a-f]{8})>\nRead Spanish\n</goal-\1>", goal)
    assert "<extracts-" in extracts
    assert question == "Why?"
