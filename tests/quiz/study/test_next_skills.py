from collections.abc import Sequence
from itertools import permutations
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quiz.study.next_skills import LEARNED, Reason, SkillState, next_skills

NAMES = UUID(int=0)


def key(name: str) -> UUID:
    return uuid5(NAMES, name)


def skill(
    name: str,
    mastery: float | None = None,
    *,
    requires: Sequence[str] = (),
    parent: str = "",
    is_lesson: bool = True,
    is_fading: bool = False,
) -> SkillState:
    return SkillState(
        id=key(name),
        title=name,
        parent_id=key(parent) if parent else None,
        path=(),
        requires=[key(other) for other in requires],
        is_lesson=is_lesson,
        cards=0 if mastery is None else 10,
        mastery=mastery,
        coverage=None if mastery is None else 1.0,
        is_fading=is_fading,
    )


def titles(skills: Sequence[SkillState], target: float = 0.9) -> tuple[list[str], list[str]]:
    """The titles of the ready skills, and of the others with what they wait for."""
    ready, waiting = next_skills(skills, target=target)
    return (
        [found.skill.title for found in ready],
        [" < ".join([found.skill.title, *(other.title for other in found.waits_for)]) for found in waiting],
    )


def test_the_weakest_comes_first_and_skills_without_cards_last() -> None:
    skills = [skill("a", 0.8), skill("b"), skill("c", 0.0), skill("d", 0.3), skill("e", 0.0), skill("f")]
    assert titles(skills) == (["c", "e", "d", "a", "b", "f"], [])


def test_what_has_reached_the_target_needs_nothing_until_it_fades() -> None:
    assert titles([skill("a", 0.95), skill("b", 0.9)]) == ([], [])
    assert titles([skill("a", 0.95), skill("b", 0.9)], target=0.97) == (["b", "a"], [])
    assert titles([skill("a", 0.95, is_fading=True)]) == (["a"], [])


def test_a_skill_waits_until_what_it_builds_on_is_learned() -> None:
    for mastery, expected in ((LEARNED, ["a", "b"]), (LEARNED - 0.01, ["a"]), (None, ["a"])):
        ready, waiting = titles([skill("a", mastery), skill("b", 0.8, requires=["a"])])
        assert (ready, waiting) == (expected, [] if "b" in expected else ["b < a"])


def test_a_skill_waits_for_what_the_skills_above_it_build_on() -> None:
    branch = skill("branch", 0.0, requires=["a"], is_lesson=False)
    skills = [skill("a", 0.2), branch, skill("leaf", 0.0, parent="branch", requires=["b"]), skill("b", 0.1)]
    assert titles(skills) == (["b", "a"], ["leaf < b < a"])


def test_a_prerequisite_that_is_gone_is_not_waited_for() -> None:
    assert titles([skill("a", 0.1, requires=["deleted"])]) == (["a"], [])


def test_branches_are_learned_by_their_lessons() -> None:
    assert titles([skill("branch", 0.1, is_lesson=False), skill("leaf", 0.1, parent="branch")]) == (["leaf"], [])


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (skill("a"), Reason.NO_CARDS),
        (skill("a", 0.0), Reason.NEW),
        (skill("a", 0.5), Reason.WEAK),
        (skill("a", 0.5, is_fading=True), Reason.FADING),
        (skill("a", 0.95, is_fading=True), Reason.FADING),
    ],
)
def test_the_reason_says_what_is_missing(state: SkillState, reason: Reason) -> None:
    [[found], _] = next_skills([state], target=0.9)
    assert found.reason == reason


def test_what_a_ready_skill_builds_on_is_named() -> None:
    [*_, found], _ = next_skills([skill("a", 0.85), skill("b", 0.86, requires=["a"])], target=0.9)
    assert [other.title for other in found.builds_on] == ["a"]


@given(st.lists(st.none() | st.floats(0, 1), min_size=3, max_size=3), st.sampled_from(list(permutations("abc"))))
def test_unless_all_is_learned_something_is_ready(mastery: list[float | None], order: tuple[str, ...]) -> None:
    chain = {"a": [], "b": ["a"], "c": ["a", "b"]}
    states = {name: skill(name, value, requires=chain[name]) for name, value in zip("abc", mastery, strict=True)}
    ready, waiting = next_skills([states[name] for name in order], target=0.9)
    assert bool(ready) == any(value is None or value < 0.9 for value in mastery)
    assert {found.skill.id for found in ready}.isdisjoint(found.skill.id for found in waiting)
