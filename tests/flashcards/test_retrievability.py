from datetime import UTC, datetime, timedelta

import fsrs
import pytest

from flashcards.retrievability import DEFAULT_DECAY, retrievability

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(("days", "expected"), [(0, 1.0), (10, 0.9), (-5, 1.0)])
def test_retrievability_is_nine_tenths_after_the_stability(days: int, expected: float) -> None:
    probability = retrievability(stability=10.0, decay=DEFAULT_DECAY, elapsed=timedelta(days=days))
    assert probability == pytest.approx(expected)


@pytest.mark.parametrize("days", [0, 1, 30, 365, 10_000])
def test_retrievability_equals_that_of_py_fsrs(days: int) -> None:
    card = fsrs.Card(card_id=1, stability=12.5, last_review=NOW - timedelta(days=days))
    expected = fsrs.Scheduler().get_card_retrievability(card, NOW)
    probability = retrievability(stability=12.5, decay=DEFAULT_DECAY, elapsed=timedelta(days=days))
    assert probability == pytest.approx(expected)
