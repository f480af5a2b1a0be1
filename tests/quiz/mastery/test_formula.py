from datetime import UTC, datetime, timedelta
from uuid import uuid4

import fsrs
import pytest

from quiz.mastery.formula import HORIZON, Answered, Tally, tally_of, with_subtrees

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


def answered(days_ago: float, stability: float = 10.0) -> Answered:
    return Answered(stability, NOON - timedelta(days=days_ago))


def test_mastery_is_mean_recall_times_coverage() -> None:
    """The example in docs/mastery.md."""
    tally = tally_of([answered(10), answered(0), None, None], at=NOON)
    assert (tally.mean_recall, tally.coverage, tally.mastery) == pytest.approx((0.95, 0.5, 0.475))


def test_what_has_no_cards_has_no_mastery() -> None:
    tally = tally_of([], at=NOON)
    assert (tally.mastery, tally.coverage, tally.mean_recall, tally.fading) == (None, None, None, False)


def test_new_cards_alone_are_zero() -> None:
    tally = tally_of([None, None], at=NOON)
    assert (tally.mastery, tally.coverage, tally.fading) == (0.0, 0.0, False)


def test_mastery_falls_without_reviews_and_never_rises() -> None:
    values = [tally_of([answered(0)], at=NOON + timedelta(days=days)).mastery or 0 for days in range(100)]
    assert values == sorted(values, reverse=True)
    assert (values[0], values[10]) == pytest.approx((1.0, 0.9))


@pytest.mark.parametrize("days", [0, 1, 30, 365])
def test_recall_equals_that_of_py_fsrs(days: int) -> None:
    card = fsrs.Card(card_id=1, stability=12.5, last_review=NOON - timedelta(days=days))
    expected = fsrs.Scheduler().get_card_retrievability(card, NOON)
    assert answered(days, 12.5).recall(NOON) == pytest.approx(expected, abs=1e-6)


def test_a_known_skill_counts_by_its_virtual_card() -> None:
    known = answered(10)
    without_cards = tally_of([], at=NOON, known=known)
    assert without_cards.mastery == pytest.approx(0.9)
    assert (without_cards.coverage, without_cards.cards) == (None, 0)
    with_cards = tally_of([answered(0), None], at=NOON, known=known)
    assert (with_cards.mastery, with_cards.coverage) == pytest.approx((0.95, 0.5))
    all_answered = tally_of([answered(0)], at=NOON, known=known)
    assert all_answered.mastery == 1.0


def test_a_skill_is_fading_if_it_crosses_its_target_before_the_horizon() -> None:
    crosses_after_ten_days = tally_of([answered(0), answered(0), None], at=NOON)
    assert not crosses_after_ten_days.fading
    assert tally_of([answered(3.1)], at=NOON).fading
    assert not tally_of([answered(2.9)], at=NOON).fading
    assert timedelta(days=7) == HORIZON


def test_a_parent_counts_by_cards_over_its_subtree() -> None:
    branch, large, small, other = uuid4(), uuid4(), uuid4(), uuid4()
    own = {
        branch: tally_of([None], at=NOON),
        large: tally_of([answered(0)] * 8, at=NOON),
        small: tally_of([answered(10)], at=NOON),
        other: tally_of([], at=NOON),
    }
    totals = with_subtrees(own, {branch: None, large: branch, small: large, other: None})
    assert totals[branch].mastery == pytest.approx(8.9 / 10)
    assert totals[large].cards == 9
    assert totals[other] == Tally()
