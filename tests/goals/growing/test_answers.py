"""Every way in which a model's answer can be broken ends as a tidy tree, or as words for the model and an error."""

import json
from typing import Any

import pytest

from goals.errors import NoTreeInAnswer, TreeRefused
from goals.growing.answers import read_answer
from goals.growing.drafts import MODEL_LIMITS, TreeDraft

GOOD: dict[str, Any] = {
    "branches": [
        {
            "title": "Grammar",
            "description": "Forms sentences.",
            "requires": [],
            "skills": [{"title": "Nouns", "skills": [{"title": "Gender"}]}, {"title": "Tenses", "requires": ["Nouns"]}],
        },
        {"title": "Words", "skills": [{"title": "Food"}, {"title": "Travel"}]},
    ]
}
DRAWN = ["Grammar", "  Nouns", "    Gender", "  Tenses", "Words", "  Food", "  Travel"]
TEXT = json.dumps(GOOD)
MARKDOWN = "Here is your tree:\n\n# Grammar\n- Nouns\n  - Gender\n- Tenses\n# Words\n- Food\n- Travel\n\nEnjoy"
FLAT: list[dict[str, Any]] = [
    {"id": 1, "parent_id": None, "title": "Grammar"},
    {"id": 2, "parent_id": 1, "title": "Nouns"},
    {"id": 3, "parent_id": 2, "title": "Gender"},
    {"id": 4, "parent_id": 1, "title": "Tenses", "prerequisites": [2]},
    {"id": 5, "parent_id": 0, "title": "Words"},
    {"id": 6, "parent_id": 5, "title": "Food"},
    {"id": 7, "parent_id": 5, "title": "Travel"},
]
OTHER_NAMES = {
    "skillTree": {"Children": [{"name": branch["title"], "topics": branch["skills"]} for branch in GOOD["branches"]]}
}


def drawn(draft: TreeDraft | None) -> list[str]:
    def lines(skills: Any, depth: int) -> list[str]:
        return [line for skill in skills for line in ["  " * depth + skill.title, *lines(skill.children, depth + 1)]]

    return lines(draft.branches, 0) if draft else []


REPAIRED = {
    "whole": TEXT,
    "a fence": f"```json\n{TEXT}\n```",
    "prose around": f"Sure! Here is a [draft] of it:\n{TEXT}\nLet me know {{if}} I can help.",
    "thinking": f"<think>Maybe {{'a': 1}}? {TEXT[:50]}</think>\n{TEXT}",
    "the end of thinking": f'{{"branches": []}} no…</think>{TEXT}',
    "commas too many": TEXT.replace("}]", "},\n]"),
    "a list": json.dumps(GOOD["branches"]),
    "a root that is the goal": json.dumps({"title": "Spanish", "children": GOOD["branches"]}),
    "other names": json.dumps(OTHER_NAMES),
    "titles as names": json.dumps({"Grammar": {"Nouns": ["Gender"], "Tenses": []}, "Words": ["Food", "Travel"]}),
    "ids and parents": json.dumps({"nodes": FLAT}),
    "Markdown": MARKDOWN,
    "wrong types": json.dumps({"branches": [*GOOD["branches"], 7, None, ["x"], {"title": 5, "skills": "no"}]}).replace(
        '"no"', "12"
    ),
    "titles without letters": TEXT.replace('{"title": "Food"}', '{"title": "…"}, {"title": ""}, {"title": "Food"}'),
    "duplicate titles": TEXT.replace('{"title": "Food"}', '{"title": "Food"}, {"title": " FOOD "}'),
    "script in titles": TEXT.replace('"Food"', '"<script>alert(1)</script><img src=x onerror=y>Food"'),
    "control characters": TEXT.replace('"Food"', '"\\u202eFo\\u200bod\\u0000\\ud800"').replace("\\ud800", ""),
}


@pytest.mark.parametrize("text", REPAIRED.values(), ids=REPAIRED.keys())
def test_an_answer_is_repaired(text: str) -> None:
    reading = read_answer(text, MODEL_LIMITS)
    assert [line.replace("\ufffd", "") for line in drawn(reading.draft)] == DRAWN
    assert reading.problems == ()


USELESS = {
    "empty": ("", "empty"),
    "only thinking": ("<think>Let me see…", "empty"),
    "prose": ("Spanish is a beautiful language. Start with the basics, then read a lot.", "not JSON"),
    "HTML": ("<!DOCTYPE html><html><body><ul><li>a</li></ul></body></html>", "not JSON"),
    "a refusal": ("I'm sorry, but I can't help with that.", "safe"),
    "an empty tree": ('{"branches": []}', "only 0 skills"),
    "another schema": ('{"cards": [{"question": "What?", "answer": "That"}]}', "only 1 skills"),
    "an error": ('{"error": "overloaded", "code": 529, "retry": true, "hint": null}', "only 0 skills"),
    "a number": ("42", "not JSON"),
    "too few": ('{"branches": [{"title": "Spanish", "skills": []}]}', "only 1 skills"),
    "one title": (json.dumps({"branches": [{"title": "Spanish"}] * 9}), "only 1 skills"),
    "placeholders": ('{"branches": [{"title": "Branch 1", "skills": ["Skill 1", "string", "Food"]}]}', "placeholders"),
    "brackets": ("[" * 5_000, "not JSON"),
    "nesting": ('{"skills": [' * 5_000, "not JSON"),
}


@pytest.mark.parametrize(("text", "words"), USELESS.values(), ids=USELESS.keys())
def test_a_useless_answer_has_words_for_the_model(text: str, words: str) -> None:
    reading = read_answer(text, MODEL_LIMITS)
    assert reading.draft is None
    assert words in " ".join(reading.problems)
    assert reading.error is (TreeRefused if "sorry" in text else NoTreeInAnswer)


def nested(levels: int) -> dict[str, Any]:
    return {"title": f"Level {levels}", "skills": [nested(levels - 1)] if levels else []}


POOR = {
    "cut off": (TEXT[: TEXT.index("Travel")], "cut off"),
    "too deep": (json.dumps({"branches": [nested(8), {"title": "Words"}, {"title": "Forms"}]}), "too large"),
    "too wide": (json.dumps({"branches": [{"title": f"Word {number}"} for number in range(40)]}), "too large"),
    "400 nodes": (
        json.dumps([{"title": f"W{a}", "skills": [f"w{a} {b}" for b in range(19)]} for a in range(20)]),
        "too large",
    ),
}


@pytest.mark.parametrize(("text", "words"), POOR.values(), ids=POOR.keys())
def test_a_poor_answer_is_a_tree_that_the_model_should_improve(text: str, words: str) -> None:
    reading = read_answer(text, MODEL_LIMITS)
    assert reading.draft
    assert reading.draft.corrections
    assert words in " ".join(reading.problems)
    assert len(reading.draft.branches) <= 6
    assert max(line.count("  ") for line in drawn(reading.draft)) <= 2


def test_cyclic_ids_become_roots_and_nothing_is_lost() -> None:
    cyclic = [{**row, "parent_id": 3} if row["id"] == 1 else row for row in FLAT]
    reading = read_answer(json.dumps(cyclic), MODEL_LIMITS)
    assert sorted(line.strip() for line in drawn(reading.draft)) == sorted(line.strip() for line in DRAWN)
    assert reading.draft
    assert [entry["code"] for entry in reading.draft.corrections] == ["cyclic"]


def test_prerequisites_by_id_become_titles() -> None:
    reading = read_answer(json.dumps(FLAT), MODEL_LIMITS)
    assert reading.draft
    assert {skill.title: skill.requires for skill in reading.draft if skill.requires} == {"Tenses": ["Nouns"]}


def test_one_skill_is_enough_for_a_branch() -> None:
    text = '{"branches": [{"title": "Gender", "skills": [{"title": "Masculine"}]}]}'
    reading = read_answer(text, MODEL_LIMITS.below(2), of_branch=True)
    assert drawn(reading.draft) == ["Gender"]
