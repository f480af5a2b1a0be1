import pytest

from goals.errors import NoOutline, OutlineTooLong
from goals.growing.drafts import OUTLINE_LIMITS
from goals.growing.outlines import MAX_OUTLINE_LENGTH, draft_from_outline
from goals.models import MAX_DEPTH, MAX_NODES


def test_what_is_deeper_than_three_levels_describes_the_third() -> None:
    draft = draft_from_outline("- a\n  - b\n    - c\n      - d\n        - e\n      - f\n- g", OUTLINE_LIMITS)
    assert [(skill.title, skill.description) for skill in draft] == [("a", ""), ("b", ""), ("c", "d; e; f"), ("g", "")]
    assert draft.corrections == [{"code": "too-deep", "count": 3, "examples": ["d", "e", "f"]}]


def test_ten_thousand_lines_of_fifty_levels_become_a_tree_with_a_report() -> None:
    lines = [" " * (number % 50) + f"- topic {number}" for number in range(10_000)]
    draft = draft_from_outline("\n".join(lines), OUTLINE_LIMITS)
    skills = list(draft)
    assert len(skills) == MAX_NODES
    left_out = {entry["code"]: entry["count"] for entry in draft.corrections}
    assert left_out == {"too-deep": 9_400, "too-many": 300}


def test_the_highest_levels_are_kept_first() -> None:
    text = "\n".join(f"- branch {number}\n" + f"  - skill {number}\n" * 1 for number in range(200))
    skills = list(draft_from_outline(text, OUTLINE_LIMITS))
    assert sum(skill.title.startswith("branch") for skill in skills) == 200
    assert "skill 150" in next(skill for skill in skills if skill.title == "branch 150").description


def test_a_title_line_is_the_goal_and_a_long_title_is_shortened() -> None:
    draft = draft_from_outline(f"# Spanish\n## {'word ' * 60}\n## Grammar", OUTLINE_LIMITS)
    long, grammar = draft.branches
    assert long.title.endswith("word…")
    assert len(long.title) <= 200
    assert long.description.count("word") == 60
    assert grammar.title == "Grammar"


def test_a_text_without_an_outline_is_refused() -> None:
    with pytest.raises(NoOutline):
        draft_from_outline("This is prose. It goes on.", OUTLINE_LIMITS)
    with pytest.raises(OutlineTooLong):
        draft_from_outline("- a\n" * (MAX_OUTLINE_LENGTH // 4 + 1), OUTLINE_LIMITS)


def test_an_outline_for_a_branch_has_fewer_levels() -> None:
    limits = OUTLINE_LIMITS.below(MAX_DEPTH - 1)
    assert [skill.title for skill in draft_from_outline("- a\n  - b\n- c", limits)] == ["a", "c"]
