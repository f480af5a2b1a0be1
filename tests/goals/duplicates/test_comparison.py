import pytest

from goals.duplicates.comparison import Comparison, compare
from goals.duplicates.titles import parse
from search.queries import words


def compared(one: str, other: str) -> Comparison:
    return compare(parse(one, stems=words), parse(other, stems=words))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Spanish A1", "Spanish B2"),
        ("Calculus I", "Calculus II"),
        ("Calculus", "Calculus II"),
        ("Beginner JavaScript", "Advanced JavaScript"),
        ("Learn Spanish", "Aprender francés"),
        ("Learn Italian", "Italian cooking"),
        ("Bar exam 2025", "Bar exam 2026"),
        ("Organic chemistry", "Inorganic chemistry"),
        ("Run a marathon", "Run a half marathon"),
    ],
)
def test_titles_that_name_different_things_contradict_whatever_they_mean(one: str, other: str) -> None:
    for comparison in (compared(one, other), compared(other, one)):
        assert comparison.contradict
        assert comparison.by_words() == comparison.by_meaning(subjects=1, others=1, least=0) == 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Calculus", "Calculus I"),
        ("Learn Spanish", "Spanish in 30 days"),
        ("Bar exam", "Bar exam 2026"),
        ("CompTIA Security+", "CompTIA Security+ SY0-701"),
        ("Learn English", "Aprender inglés"),
    ],
)
def test_a_plan_and_what_goes_without_saying_make_no_other_goal(one: str, other: str) -> None:
    comparison = compared(one, other)
    assert comparison.by_words() == comparison.by_meaning(subjects=0, others=0, least=1) == 1


def test_words_that_the_other_title_lacks_must_mean_the_same() -> None:
    comparison = compared("Jazz piano", "Classical piano")
    assert (comparison.only_left, comparison.only_right, comparison.overlap) == ("jazz", "classical", 0.5)
    assert comparison.by_words() == 0
    assert comparison.by_meaning(subjects=0.8, others=0.34, least=0.35) == 0
    assert comparison.by_meaning(subjects=0.8, others=0.5, least=0.35) == pytest.approx((0.75 + 0.8) / 2)


def test_forms_of_a_word_are_the_same_word() -> None:
    assert compared("Flags of Europe", "Learn the European flags").overlap == 1
    assert compared("Learn Java", "Learn JavaScript").overlap == 0
