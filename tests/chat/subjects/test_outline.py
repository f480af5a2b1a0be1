from datetime import date

import pytest

from chat.replies.prompts import tokens_in
from chat.subjects.outline import MAX_TOKENS, OutlineSkill, outline


def text_of(*skills: OutlineSkill, title: str = "Read Spanish") -> str:
    return outline(title=title, description="", target_date=None, skills=skills)


def test_the_outline_has_the_goal_and_each_skill_with_its_recall() -> None:
    skills = [
        OutlineSkill((), "Grammar", 0.641),
        OutlineSkill(("Grammar",), "Past", 0.4, fading=True, chosen=True, description="Regular\nforms first."),
        OutlineSkill((), "Listening"),
    ]
    text = outline(title="Read\nSpanish", description="For  work.", target_date=date(2027, 3, 14), skills=skills)
    assert text.splitlines() == [
        "Goal: Read Spanish, until 2027-03-14",
        "Description: For work.",
        "This conversation is about the skill: Grammar > Past",
        "Description: Regular forms first.",
        "Skills, with how much of each the user would recall now:",
        "- Grammar: 64%",
        "  - Past: 40%, fading, chosen",
        "- Listening: no cards yet",
    ]


def test_a_goal_without_skills_says_so() -> None:
    assert text_of() == "Goal: Read Spanish\nIt has no skills yet."


def tree(chosen: bool = False) -> list[OutlineSkill]:
    """300 skills: 6 branches, of which each has 7 skills with 6 below each."""
    found = []
    for a in range(6):
        found.append(OutlineSkill((), f"Branch {a}", 0.5))
        for b in range(7):
            found.append(OutlineSkill((f"Branch {a}",), f"Part {a}{b} of the branch", 0.5))
            for c in range(6):
                path = (f"Branch {a}", f"Part {a}{b} of the branch")
                is_chosen = chosen and (a, b, c) == (4, 5, 3)
                found.append(OutlineSkill(path, f"Skill {a}{b}{c}", 0.5, a == b == c == 0, is_chosen))
    return found


@pytest.mark.parametrize("chosen", [False, True])
def test_of_a_large_tree_what_is_far_is_left_out(chosen: bool) -> None:
    text = text_of(*tree(chosen))
    assert tokens_in(text) <= MAX_TOKENS
    assert "- Skill 000: 50%, fading" in text
    assert "- Branch 5: 50%" in text
    assert "more skills are left out.)" in text
    assert ("- Skill 453: 50%, chosen" in text, "- Skill 450" in text) == (chosen, chosen)
    assert "- Skill 111" not in text


def test_no_text_is_too_long() -> None:
    skills = [OutlineSkill((), "字" * 200, fading=True) for _number in range(300)]
    text = outline(title="字" * 200, description="字" * 5_000, target_date=None, skills=skills)
    assert tokens_in(text) <= MAX_TOKENS
