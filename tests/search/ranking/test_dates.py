"""Which dates a question names, and what they raise."""

from datetime import date

import numpy as np
import pytest

from search.ranking.dates import SAME_DAY, SAME_MONTH, Named, boosts, named_dates

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What did I read last May?", [Named(5)]),
        ("the exam on May 8, 2023", [Named(5, 2023, 8)]),
        ("8th of May", [Named(5, None, 8)]),
        ("2023-05-08", [Named(5, 2023, 8)]),
        ("8.5.2023", [Named(5, 2023, 8)]),
        ("05/28/2023", [Named(5, 2023, 28)]),
        ("Was war am 12. April?", [Named(4, None, 12)]),
        ("im März 2024", [Named(3, 2024)]),
        ("el 3 de marzo de 2024", [Named(3, 2024, 3)]),
        ("2023年5月8日", [Named(5, 2023, 8)]),
        ("5月说了什么", [Named(5)]),
        ("في يناير 2024", [Named(1, 2024)]),
        ("yesterday", [Named(11, 2026, 20)]),
        ("昨天说的", [Named(11, 2026, 20)]),
        ("last month", [Named(10, 2026)]),
    ],
)
def test_dates_in_questions(question: str, expected: list[Named]) -> None:
    assert named_dates(question, TODAY) == expected


@pytest.mark.parametrize("question", ["It may rain.", "march on Rome", "30 February", "version 2023-13-45", "¿qué es?"])
def test_what_is_no_date(question: str) -> None:
    assert named_dates(question, TODAY) == []


def test_last_month_in_january_is_december() -> None:
    assert named_dates("last month", date(2026, 1, 5)) == [Named(12, 2025)]


def test_a_day_raises_more_than_its_month_and_another_year_only_if_none_was_named() -> None:
    times = np.array(["2025-04-11", "2025-04-20", "2024-04-12", "2025-05-12"], dtype="datetime64[us]")
    assert list(boosts([Named(4, 2025, 12)], times)) == [SAME_DAY, SAME_MONTH, 0, 0]
    assert list(boosts([Named(4, None, 12)], times)) == [SAME_DAY, SAME_MONTH, SAME_DAY, 0]
    assert list(boosts([Named(4)], times)) == [SAME_MONTH, SAME_MONTH, SAME_MONTH, 0]
